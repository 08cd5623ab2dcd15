import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { nowMicros } from '../base/clock.js';
import { codeOf, reasonOf } from '../base/system-error.js';
import { InfrastructureError, UsageError } from '../domain/errors.js';
import { toRunLine, type RunRecord } from './records.js';
import { RunWriter } from './run-writer.js';

/** What a run says of itself before its calls. */
export type RunHeader = Omit<RunRecord, 'tool' | 'bootId' | 'anchor'>;

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** A file that keeps the histories of runs, one after the other, while they run: NDJSON, see docs/history.md. */
export class HistoryFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #tool: RunRecord['tool'];
  /** A file that was created and holds no run. */
  #isEmpty: boolean;
  #lastRun: RunWriter | undefined;
  /** Of the first write that failed. What was written of its lines is unknown, so that none may follow. */
  #failure: InfrastructureError | undefined;

  private constructor(path: string, file: FileHandle, isNew: boolean, tool: RunRecord['tool']) {
    this.#path = path;
    this.#file = file;
    this.#isEmpty = isNew;
    this.#tool = tool;
  }

  /**
   * Creates the file. One that exists is refused, whatever it holds: it may be the only evidence of an earlier run, or
   * belong to a command that runs now. A pipe or a device is written to.
   *
   * @param tool what writes it
   * @throws UsageError `unwritable_history`
   */
  static async create(path: string, tool: RunRecord['tool']): Promise<HistoryFile> {
    try {
      return new HistoryFile(path, await open(path, 'ax'), true, tool);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw refusal(path, reasonOf(error), error);
    }
    try {
      if ((await stat(path)).isFile())
        throw refusal(path, 'it exists; give another name, or remove it first');
      return new HistoryFile(path, await open(path, 'a'), false, tool);
    } catch (error) {
      throw error instanceof UsageError ? error : refusal(path, reasonOf(error), error);
    }
  }

  /**
   * Begins a run. One before it that was not ended keeps what it has, and takes no more calls.
   *
   * @returns what takes its calls
   * @throws InfrastructureError `history_not_written`, e.g. on a full disk
   */
  async begin(header: RunHeader): Promise<RunWriter> {
    await this.#lastRun?.stop();
    this.#isEmpty = false;
    const clock = { bootId: await bootId(), anchor: anchor() };
    await this.#write([toRunLine({ ...header, tool: this.#tool, ...clock })]);
    this.#lastRun = new RunWriter((lines) => this.#write(lines));
    return this.#lastRun;
  }

  /**
   * Writes what waits, and closes the file; one without a run is removed, so that the command can be given again.
   *
   * @throws InfrastructureError `history_not_written` when a run that was not ended could not be written
   */
  async close(): Promise<void> {
    try {
      await this.#lastRun?.stop();
    } finally {
      await this.#file.close();
      if (this.#isEmpty) await rm(this.#path, { force: true });
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await this.#file.appendFile(`${lines.join('\n')}\n`);
    } catch (error) {
      const message = `--history ${JSON.stringify(this.#path)} could not be written: ${reasonOf(error)}`;
      this.#failure = new InfrastructureError('history_not_written', message, { cause: error });
      throw this.#failure;
    }
  }
}

function refusal(path: string, problem: string, cause?: unknown): UsageError {
  const message = `--history ${JSON.stringify(path)} cannot be written: ${problem}`;
  return new UsageError('unwritable_history', message, { cause });
}

/** The same moment on the monotonic clock of the calls and on the wall. */
function anchor(): RunRecord['anchor'] {
  const monotonicMicros = nowMicros();
  return { monotonicMicros, wallClock: new Date().toISOString() };
}

/** Linux alone has one; elsewhere a clock is known by its anchor. */
async function bootId(): Promise<string | null> {
  const id = await readFile(BOOT_ID, 'utf8').catch(() => null);
  return id?.trim() ?? null;
}
