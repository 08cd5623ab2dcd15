import type { Call } from '../domain/call.js';
import type { LoadListener } from '../domain/run-watch.js';
import type { HistoryFile, RunHeader } from '../history/history-file.js';
import type { RunTrailer, RunWriter } from '../history/run-writer.js';

/** Keeps the calls of a run in a history file while its load runs, so that they outlive this process. */
export class RunHistory implements Pick<LoadListener, 'released' | 'heard'> {
  readonly #file: HistoryFile;
  readonly #headerAt: (startMicros: number) => RunHeader;
  #begun: Promise<RunWriter> | undefined;
  #header: RunHeader | undefined;

  /** @param headerAt what the run says of itself, given the barrier's release */
  constructor(file: HistoryFile, headerAt: (startMicros: number) => RunHeader) {
    this.#file = file;
    this.#headerAt = headerAt;
  }

  released(startMicros: number): void {
    this.#header = this.#headerAt(startMicros);
    this.#begun = this.#file.begin(this.#header);
    // Told by `end`.
    this.#begun.catch(() => undefined);
  }

  heard(calls: readonly Call[]): void {
    void this.#begun?.then(
      (writer) => writer.append(calls),
      () => undefined,
    );
  }

  /**
   * Writes what is left, and how the run ended.
   *
   * @param redelivered calls made after the load
   * @param closing those of them that were made alone
   * @throws InfrastructureError when the run could not be written
   */
  async end(
    redelivered: readonly Call[],
    closing: ReadonlySet<Call>,
    { faults, incomplete, durable, retriesUntold = false }: EndOfRun & Pick<Required<EndOfRun>, 'durable'>,
  ): Promise<void> {
    const writer = await this.#begun;
    writer?.append(redelivered, closing);
    const changed = {
      ...(durable !== this.#header?.durable && { durable }),
      ...(retriesUntold && { retriesUntold }),
    };
    await writer?.end({ faults, incomplete, ...changed });
  }
}

type EndOfRun = Omit<RunTrailer, 'calls'>;

/** Lets a history hear what somebody else listens to as well. */
export function keepingHistory(
  listener: LoadListener | undefined,
  history: RunHistory | undefined,
): LoadListener | undefined {
  if (history === undefined) return listener;
  return {
    registered: (slots) => listener?.registered(slots),
    released: (startMicros) => {
      history.released(startMicros);
      listener?.released(startMicros);
    },
    heard: (calls) => {
      history.heard(calls);
      listener?.heard(calls);
    },
    skipped: (count) => listener?.skipped(count),
    unreachable: (...told) => listener?.unreachable(...told),
    ended: () => listener?.ended(),
  };
}
