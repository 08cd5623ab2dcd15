import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import type { Call } from '../domain/call.js';
import { InfrastructureError, UsageError } from '../domain/errors.js';
import { reasonOf } from '../domain/system-error.js';
import { toCallLine, toRunLine, type RunRecord } from './records.js';

/** What a run says of itself before its calls. */
export type RunHeader = Omit<RunRecord, 'bootId' | 'anchor' | 'calls'>;

/** Lines are written in chunks of this many. */
const CHUNK_CALLS = 2_000;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** A file that keeps the histories of runs, one after the other: NDJSON, a line for the run and one for each call. */
export class HistoryFile {
  readonly #path: string;
  readonly #file: FileHandle;
  /** A file that was created and holds no run. */
  #isEmpty: boolean;

  private constructor(path: string, file: FileHandle, isNew: boolean) {
    this.#path = path;
    this.#file = file;
    this.#isEmpty = isNew;
  }

  /**
   * Creates the file. One that exists is refused, whatever it holds: it may be the only evidence of an earlier run, or
   * belong to a command that runs now. A pipe or a device is written to.
   *
   * @throws UsageError `unwritable_history`
   */
  static async create(path: string): Promise<HistoryFile> {
    try {
      return new HistoryFile(path, await open(path, 'ax'), true);
    } catch (error) {
      if (!isTaken(error)) throw refusal(path, reasonOf(error), error);
    }
    try {
      if ((await stat(path)).isFile())
        throw refusal(path, 'it exists; give another name, or remove it first');
      return new HistoryFile(path, await open(path, 'a'), false);
    } catch (error) {
      throw error instanceof UsageError ? error : refusal(path, reasonOf(error), error);
    }
  }

  /**
   * Writes a run with its calls.
   *
   * @throws InfrastructureError when the file can be written no longer, e.g. on a full disk
   */
  async append(header: RunHeader, calls: readonly Call[]): Promise<void> {
    try {
      this.#isEmpty = false;
      const clock = { bootId: await bootId(), anchor: anchor() };
      await this.#write([toRunLine({ ...header, ...clock, calls: calls.length })]);
      for (let start = 0; start < calls.length; start += CHUNK_CALLS) {
        await this.#write(calls.slice(start, start + CHUNK_CALLS).map(toCallLine));
      }
    } catch (error) {
      const message = `--history ${JSON.stringify(this.#path)} could not be written: ${reasonOf(error)}`;
      throw new InfrastructureError('history_not_written', message, { cause: error });
    }
  }

  /** Closes the file; one without a run is removed, so that the command can be given again. */
  async close(): Promise<void> {
    await this.#file.close();
    if (this.#isEmpty) await rm(this.#path, { force: true });
  }

  #write(lines: readonly string[]): Promise<void> {
    return this.#file.appendFile(`${lines.join('\n')}\n`);
  }
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

function refusal(path: string, problem: string, cause?: unknown): UsageError {
  const message = `--history ${JSON.stringify(path)} cannot be written: ${problem}`;
  return new UsageError('unwritable_history', message, { cause });
}

/** The same moment on the monotonic clock of the calls and on the wall. */
function anchor(): RunRecord['anchor'] {
  const monotonicMicros = Number(process.hrtime.bigint()) / 1_000;
  return { monotonicMicros, wallClock: new Date().toISOString() };
}

/** Linux alone has one; elsewhere a clock is known by its anchor. */
async function bootId(): Promise<string | null> {
  const id = await readFile(BOOT_ID, 'utf8').catch(() => null);
  return id?.trim() ?? null;
}
