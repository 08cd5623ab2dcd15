import type { Call } from '../domain/call.js';
import { toCallLine, toEndLine, type EndRecord } from './records.js';

/** What a run says of itself after its calls. */
export type RunTrailer = Omit<EndRecord, 'calls'>;

/** A call waits no longer than this before it is given to the file, when the file keeps up. */
const WRITE_EVERY_MS = 100;
/** So many lines exist at a time; what waits beyond them are references to calls that the run holds anyway. */
const CHUNK_CALLS = 2_000;

const NONE: ReadonlySet<Call> = new Set();

/** Writes the calls of one run as they come, in their order, and then its end. */
export class RunWriter {
  readonly #write: (lines: readonly string[]) => Promise<void>;
  #waiting: Call[] = [];
  readonly #closing = new Set<Call>();
  #timer: NodeJS.Timeout | undefined;
  /** Never rejects: the first failure is kept. */
  #writing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #isOver = false;
  #calls = 0;

  /** @param write writes whole lines; once it has failed, it fails always */
  constructor(write: (lines: readonly string[]) => Promise<void>) {
    this.#write = write;
  }

  /**
   * Takes calls; they are written within a tenth of a second. A failure is told by `flush`, `end` and `stop`.
   *
   * @param closing those of them that the tool made alone after the load
   * @throws Error after the end of the run, which is a defect of the program
   */
  append(calls: readonly Call[], closing: ReadonlySet<Call> = NONE): void {
    if (this.#isOver) throw new Error('calls come after the end of their run');
    for (const call of calls) {
      this.#waiting.push(call);
      if (closing.has(call)) this.#closing.add(call);
    }
    this.#calls += calls.length;
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#writeWaiting(), WRITE_EVERY_MS);
  }

  /**
   * Writes the calls that wait.
   *
   * @throws InfrastructureError `history_not_written` when they, or others before them, could not be written
   */
  async flush(): Promise<void> {
    this.#writeWaiting();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Writes the calls that wait and the run's last line: without it the run counts as cut off.
   *
   * @throws InfrastructureError as `flush`
   */
  async end(trailer: RunTrailer): Promise<void> {
    if (this.#isOver) throw new Error('the run has ended');
    this.#isOver = true;
    await this.flush();
    await this.#write([toEndLine({ ...trailer, calls: this.#calls })]);
  }

  /**
   * Leaves a run that has not ended as one that was cut off: writes the calls that wait, and takes no more.
   *
   * @throws InfrastructureError as `flush`
   */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.flush();
  }

  #writeWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const calls = this.#waiting;
    this.#waiting = [];
    this.#writing = this.#writing
      .then(() => this.#writeCalls(calls))
      .catch((error: Error) => void (this.#failure ??= error));
  }

  async #writeCalls(calls: readonly Call[]): Promise<void> {
    for (let start = 0; start < calls.length; start += CHUNK_CALLS) {
      const chunk = calls.slice(start, start + CHUNK_CALLS);
      await this.#write(chunk.map((call) => toCallLine(call, this.#closing.has(call))));
    }
  }
}
