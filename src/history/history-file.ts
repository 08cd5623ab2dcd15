import { open, readFile, type FileHandle } from 'node:fs/promises';
import type { Call } from '../domain/call.js';
import { UsageError } from '../domain/errors.js';
import { HISTORY_VERSION, type RunRecord } from './records.js';

/** What a run says of itself before its calls. */
export type RunHeader = Omit<RunRecord, 'type' | 'schemaVersion' | 'bootId' | 'anchor'>;

/** Lines are written in chunks of this many. */
const CHUNK_CALLS = 2_000;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** A file that keeps the histories of runs, one after the other: NDJSON, a line for the run and one for each call. */
export class HistoryFile {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Creates the file, or empties it.
   *
   * @throws UsageError `unwritable_history`
   */
  static async create(path: string): Promise<HistoryFile> {
    try {
      return new HistoryFile(await open(path, 'w'));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `--history ${JSON.stringify(path)} cannot be written: ${reason}`;
      throw new UsageError('unwritable_history', message, { cause: error });
    }
  }

  /** Writes a run with its calls. */
  async append(header: RunHeader, calls: readonly Call[]): Promise<void> {
    const record: RunRecord = {
      ...{ type: 'run', schemaVersion: HISTORY_VERSION, bootId: await bootId(), anchor: anchor() },
      ...header,
    };
    await this.#file.write(`${JSON.stringify(record)}\n`);
    for (let start = 0; start < calls.length; start += CHUNK_CALLS) {
      const chunk = calls.slice(start, start + CHUNK_CALLS);
      await this.#file.write(chunk.map((call) => `${JSON.stringify({ type: 'call', ...call })}\n`).join(''));
    }
  }

  close(): Promise<void> {
    return this.#file.close();
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
