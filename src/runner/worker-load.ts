import { waitUntilMicros } from '../base/clock.js';
import { withConnectionString } from '../database/address.js';
import { explainConnectFailure } from '../database/pool.js';
import { InfrastructureError } from '../domain/errors.js';
import type { Delivery } from '../domain/scenario.js';
import { LOST_CONNECTION, type OpenInstance } from '../target/instance.js';
import { callsOf, deliveryAt } from '../workload/plan.js';
import { Alarm } from './alarm.js';
import { ClientMeter } from './client-meter.js';
import { deliverSlice } from './lanes.js';
import { LONGEST_MESSAGE, MOST_CALLS, PROTOCOL_VERSION } from './messages.js';
import type {
  FromWorker,
  Resume,
  StartedCall,
  ServingTarget,
  UnsettledReason,
  WorkerJob,
  WorkerSummary,
} from './messages.js';
import { Reachability } from './reachability.js';
import { Recorder } from './recorder.js';
import { ServingInstances } from './serving.js';
import { graceAfter } from './stop.js';

/**
 * Calls are told when a message is full, or after this long: whoever watches hears of rare calls too, and little is lost
 * with a process that is killed.
 */
const TELL_EVERY_MS = 100;
const ALIVE_EVERY_MS = 1_000;

type Send = (message: FromWorker) => Promise<void>;

/** What is ready to deliver. */
interface Prepared {
  readonly serving: ServingInstances;
  readonly calls: Iterator<readonly Delivery[], void, undefined>;
  /** Of an open loop. */
  readonly alarm: Alarm | undefined;
}

/** One load in the process of its worker: it is prepared, delivered, and meanwhile changed, ended or stopped. */
export class WorkerLoad {
  readonly #open: OpenInstance;
  readonly #job: WorkerJob;
  readonly #send: Send;
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  #prepared: Prepared | undefined;
  /** Changes until now, one after the other; undefined where it takes none. */
  #changes: Promise<void> | undefined;

  /** @param send tells the coordinator */
  constructor(open: OpenInstance, job: WorkerJob, send: Send) {
    this.#open = open;
    this.#job = job;
    this.#send = send;
  }

  /** Connects and warms up, and says `ready`. */
  async prepare(): Promise<void> {
    const job = this.#job;
    const serving = await ServingInstances.open(this.#open, job);
    const calls = callsToMake(job);
    const alarm = job.plan.scenario.arrival === 'open' ? await Alarm.start() : undefined;
    this.#prepared = { serving, calls, alarm };
    await this.#send({ type: 'ready', version: PROTOCOL_VERSION });
  }

  /**
   * Delivers the slice, tells of its calls, and says `done`.
   *
   * @param startMicros the barrier's release
   * @throws Error where it has not said `ready`
   */
  async deliver(startMicros: number): Promise<void> {
    if (this.#prepared === undefined) throw new Error('started before it was ready');
    const { serving, calls, alarm } = this.#prepared;
    const { plan, journal, resume, after } = this.#job;
    const { signal: stop } = this.#stop;
    const { signal: over } = this.#over;
    const isImmediate = journal === 'immediate';
    const recorder = new Recorder(
      (chunk) => void this.#send({ type: 'calls', chunk, counters: serving.counters }),
      isImmediate ? 1 : MOST_CALLS,
      (message) => void this.#send({ type: 'malformed', message }),
    );
    const announce = isImmediate ? (call: StartedCall) => this.#send({ type: 'started', call }) : undefined;
    for (const end of [stop, over]) end.addEventListener('abort', () => void alarm?.close(), { once: true });
    this.#changes = Promise.resolve();
    await waitUntilMicros(startMicros);
    const meter = new ClientMeter();
    let skippedSoFar = 0;
    const endTelling = this.#tell(serving, recorder, () => skippedSoFar);
    let summary: WorkerSummary;
    try {
      const { ranOut, skipped } = await deliverSlice({
        ...{ plan, calls, recorder, announce, startMicros, alarm, stop, over },
        assign: (requests) => serving.assign(requests),
        redelivered: after?.mayHaveHappened ? new Set(after.indices) : (resume?.lost ?? new Set()),
        onSkip: (count) => (skippedSoFar = count),
      });
      const client = meter.stop(recorder.calls);
      await alarm?.close();
      recorder.flush();
      const unsettled = await this.#unsettledAfter(serving);
      const said = { ...recorder.histograms(), errorMessages: recorder.errorMessages };
      summary = { ...said, counters: serving.counters, ranOut, skipped, client, unsettled };
    } finally {
      this.#changes = undefined;
      endTelling();
    }
    await this.#send({ type: 'done', summary });
  }

  /** Changes what serves new calls of the delivery under way, and says `changed`. */
  async change(to: ServingTarget): Promise<void> {
    this.#changes = this.#changes?.then(async () => {
      await this.#prepared?.serving.change(to);
      await this.#send({ type: 'changed' });
    });
    await this.#changes;
  }

  /** It is over: calls under way are its last ones. */
  end(): void {
    this.#over.abort();
  }

  /** Ends it early. */
  stop(): void {
    this.#stop.abort();
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Why something failed in it. */
  reasonOf(error: unknown): UnsettledReason {
    const address = withConnectionString(this.#job.source, this.#job.connectionString);
    return toReason(explainConnectFailure(address, error));
  }

  /** Tells of calls and of life until it is ended. */
  #tell(serving: ServingInstances, recorder: Recorder, skippedSoFar: () => number): () => void {
    const reachability = new Reachability();
    const telling = setInterval(() => {
      recorder.flush();
      const { [LOST_CONNECTION]: lost = 0 } = serving.counters.retriesByCode;
      reachability.note({ answered: recorder.answered, lost });
    }, TELL_EVERY_MS);
    const reporting = setInterval(() => {
      const { unreachableSinceMicros } = reachability;
      const progress = Object.values(serving.counters.counts).reduce((sum, count) => sum + count, 0);
      void this.#send({ type: 'alive', progress, skipped: skippedSoFar(), unreachableSinceMicros });
    }, ALIVE_EVERY_MS);
    return () => {
      clearInterval(telling);
      clearInterval(reporting);
    };
  }

  /** What every call was told of is not lost where the server is gone when the instance is to be closed. */
  async #unsettledAfter(serving: ServingInstances): Promise<UnsettledReason | null> {
    try {
      await Promise.race([this.#closeAfterChanges(serving), graceAfter(this.#stop.signal)]);
      return null;
    } catch (error) {
      return this.reasonOf(error);
    }
  }

  /** Changes that were asked for before the last call ended are answered before the load is over. */
  async #closeAfterChanges(serving: ServingInstances): Promise<void> {
    const asked = this.#changes;
    this.#changes = undefined;
    await asked;
    await serving.close();
  }
}

/** An error as it is told. */
export function toReason(error: unknown): UnsettledReason {
  const code = error instanceof InfrastructureError ? error.code : 'worker_failed';
  const message = error instanceof Error ? error.message : String(error);
  return { code, message: message.slice(0, LONGEST_MESSAGE) };
}

/** What a worker delivers: its slice, what is left of it, or what is owed after a load. */
function callsToMake({
  plan,
  workerIndex,
  resume,
  after,
}: WorkerJob): Iterator<readonly Delivery[], void, undefined> {
  if (after) return after.indices.map((index) => [deliveryAt(plan, index)]).values();
  return remaining(callsOf({ plan, workerIndex }), resume);
}

/** What a killed predecessor left of the slice; what it had started apart from what it had not. */
function* remaining(
  calls: Iterable<readonly Delivery[]>,
  { ended, lost }: Resume = { ended: new Set(), lost: new Set() },
): Generator<readonly Delivery[], void, undefined> {
  for (const deliveries of calls) {
    const left = deliveries.filter(({ index }) => !ended.has(index));
    const started = left.filter(({ index }) => lost.has(index));
    const fresh = left.filter(({ index }) => !lost.has(index));
    if (started.length > 0) yield started;
    if (fresh.length > 0) yield fresh;
  }
}
