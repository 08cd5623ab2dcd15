import { nowMicros } from '../base/clock.js';
import { CUT_OFF } from '../domain/call.js';
import type { Call } from '../domain/call.js';
import type { LoadListener } from '../domain/run-watch.js';
import { contentId, deliveryAt } from '../workload/plan.js';
import { toCall, toCalls } from './call-chunks.js';
import { NO_COUNTERS } from './counters.js';
import type { WorkerFleet } from './fleet.js';
import { encode, newHistogram, record } from './latency.js';
import { Ledger } from './ledger.js';
import type { FromWorker, Resume, ServingTarget, WorkerJob, WorkerSummary } from './messages.js';
import type { WorkerProcess } from './worker-process.js';

type StationListener = Pick<LoadListener, 'heard' | 'skipped' | 'unreachable'>;

/**
 * One worker's place in a load: its process, or the one that took over after a SIGKILL, and what was recorded.
 */
export class Station {
  /** Every call of the processes that worked here. */
  readonly calls: Call[] = [];
  /** What each process that worked here saw. */
  readonly summaries: WorkerSummary[] = [];
  /** How the first answer was that does not fit its target's terms, where one was told. */
  malformed: string | undefined;
  /** Deliveries that a killed process had started and not ended. */
  readonly lost = new Set<number>();
  readonly #fleet: WorkerFleet;
  readonly #job: WorkerJob;
  readonly #listener: StationListener | undefined;
  readonly #ended = new Set<number>();
  #worker: WorkerProcess;
  #counters = NO_COUNTERS;
  #firstCall = 0;
  #isPrepared = true;
  #toBeReplaced = false;
  #stopped = false;
  /** As far as it was told. */
  #skipped = 0;
  /** How many processes were killed here. */
  #deaths = 0;
  #lostCalls = 0;
  #underWay: Ledger['underWay'] = new Map();

  /** @param listener takes what the worker tells, as it comes */
  constructor(fleet: WorkerFleet, worker: WorkerProcess, job: WorkerJob, listener?: StationListener) {
    this.#fleet = fleet;
    this.#worker = worker;
    this.#job = job;
    this.#listener = listener;
  }

  /** Resolves when the worker stands at the barrier. */
  prepare(): Promise<void> {
    return this.#worker.prepare(this.#job);
  }

  /**
   * Resolves when the slice is delivered, by however many processes. What was told until then is kept, however it ends.
   *
   * @param makers which worker makes each delivery of the plan; what was delivered is marked as delivered
   * @throws InfrastructureError when a worker failed or was ended, or died without having been killed on purpose
   */
  async deliver(startMicros: number, makers: Uint8Array): Promise<void> {
    for (;;) {
      const ledger = new Ledger(makers, this.#job, startMicros);
      this.#underWay = ledger.underWay;
      try {
        if (!this.#isPrepared) await this.#replace();
        const heard = (message: FromWorker) => this.#hear(message);
        this.summaries.push(await this.#worker.deliver(ledger, heard));
        return;
      } catch (error) {
        this.#recordKilledProcess(ledger);
        if (!this.#toBeReplaced || this.#stopped) throw error;
        this.#toBeReplaced = false;
      }
    }
  }

  /** By which the connections of the process that works here now are known. */
  get applicationName(): string {
    const { applicationName } = this.#job;
    return this.#deaths === 0 ? applicationName : `${applicationName}.${this.#deaths}`;
  }

  /** How many calls the process that works here now has started and not ended; known with an immediate journal alone. */
  get callsUnderWay(): number {
    return this.#toBeReplaced ? 0 : this.#underWay.size;
  }

  /** How many calls killed processes had started and not ended, all together. */
  get lostCalls(): number {
    return this.#lostCalls;
  }

  /** The contents of calls that a killed process had started and not ended. */
  lostContents(): Set<string> {
    const { plan } = this.#job;
    return new Set([...this.lost].map((index) => contentId(plan, deliveryAt(plan, index).content)));
  }

  /** Kills the process for good: another one takes over. Resolves when it is gone. */
  async killAndReplace(): Promise<void> {
    this.#toBeReplaced = true;
    this.#deaths += 1;
    this.#worker.kill();
    await this.#worker.gone;
  }

  /**
   * Has the worker change what serves its calls. A process that takes over from a killed one does not know of it.
   *
   * @returns whether it did; not where it has delivered its slice
   */
  change(change: ServingTarget): Promise<boolean> {
    return this.#worker.change(change, this.#job);
  }

  /** Tells the worker that its load is over, where that does not end by itself. */
  end(): void {
    this.#worker.end();
  }

  kill(): void {
    this.#worker.kill();
  }

  pause(): void {
    this.#worker.pause();
  }

  resume(): void {
    this.#worker.resume();
  }

  /** Asks the worker to end its delivery early. */
  stop(): void {
    this.#stopped = true;
    this.#worker.stop();
  }

  #hear(message: FromWorker): void {
    if (message.type === 'alive') {
      this.#hearSkipped(message.skipped);
      this.#listener?.unreachable(this.#job.workerIndex, message.unreachableSinceMicros ?? undefined);
    }
    if (message.type === 'malformed') this.malformed ??= message.message;
    if (message.type !== 'calls') return;
    this.#counters = message.counters;
    const calls = toCalls(this.#job.plan, this.#job.workerIndex, message.chunk);
    for (const call of calls) this.calls.push(call);
    this.#listener?.heard(calls);
    if (this.#job.journal === 'batched') return;
    for (const index of message.chunk.deliveryIndex) this.#ended.add(index);
  }

  /** A process that takes over skips again what its predecessor skipped: nothing is told twice. */
  #hearSkipped(count: number): void {
    const more = Math.max(0, count - this.#skipped);
    this.#skipped += more;
    this.#listener?.skipped(more);
  }

  /** What a process that is gone could not say itself: the calls under way may have happened. */
  #recordKilledProcess({ underWay }: Ledger): void {
    this.#isPrepared = false;
    const latency = newHistogram();
    const serviceTime = newHistogram();
    const scheduleLag = newHistogram();
    for (const call of this.calls.slice(this.#firstCall)) {
      record(latency, call.endMicros - call.intendedMicros);
      record(serviceTime, call.endMicros - call.startMicros);
      record(scheduleLag, call.startMicros - call.intendedMicros);
    }
    const histograms = {
      latency: encode(latency),
      serviceTime: encode(serviceTime),
      scheduleLag: encode(scheduleLag),
    };
    // Its successor comes by what it skipped, later still, and skips it again.
    const unknown = { ranOut: false, skipped: 0, errorMessages: {}, client: undefined, unsettled: null };
    this.summaries.push({ ...histograms, ...unknown, counters: this.#counters });
    this.#lostCalls += underWay.size;
    for (const call of underWay.values()) {
      const ended = { ...call, ...CUT_OFF, endMicros: nowMicros() };
      const cutOff = toCall(this.#job.plan, this.#job.workerIndex, ended);
      this.calls.push(cutOff);
      this.#listener?.heard([cutOff]);
      this.lost.add(call.deliveryIndex);
    }
    this.#firstCall = this.calls.length;
    this.#counters = NO_COUNTERS;
  }

  async #replace(): Promise<void> {
    this.#worker = this.#fleet.replace(this.#job.workerIndex);
    const resume: Resume = { ended: this.#ended, lost: this.lost };
    await this.#worker.prepare({ ...this.#job, applicationName: this.applicationName, resume });
    this.#isPrepared = true;
  }
}
