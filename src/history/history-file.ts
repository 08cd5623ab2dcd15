import { open, readFile, type FileHandle } from 'node:fs/promises';
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
  #isNew = true;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens the file, or creates it. What it holds stays until the first run is appended, and is then replaced.
   *
   * @throws UsageError `unwritable_history`
   */
  static async create(path: string): Promise<HistoryFile> {
    try {
      return new HistoryFile(path, await open(path, 'a'));
    } catch (error) {
      const message = `--history ${JSON.stringify(path)} cannot be written: ${reasonOf(error)}`;
      throw new UsageError('unwritable_history', message, { cause: error });
    }
  }

  /**
   * Writes a run with its calls.
   *
   * @throws InfrastructureError when the file can be written no longer, e.g. on a full disk
   */
  async append(header: RunHeader, calls: readonly Call[]): Promise<void> {
    try {
      if (this.#isNew) await this.#empty();
      this.#isNew = false;
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

  close(): Promise<void> {
    return this.#file.close();
  }

  #write(lines: readonly string[]): Promise<void> {
    return this.#file.appendFile(`${lines.join('\n')}\n`);
  }

  /** A pipe or a terminal has nothing to be emptied of. */
  async #empty(): Promise<void> {
    if ((await this.#file.stat()).isFile()) await this.#file.truncate();
  }
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
