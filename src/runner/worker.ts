import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntilMicros } from '../base/clock.js';
import { explainConnectFailure } from '../database/pool.js';
import { withConnectionString, type ServerAddress } from '../database/address.js';
import { InfrastructureError } from '../domain/errors.js';
import type { Delivery } from '../domain/scenario.js';
import { callsOf } from '../workload/plan.js';
import { Alarm } from './alarm.js';
import { ClientMeter } from './client-meter.js';
import { deliverSlice } from './lanes.js';
import { LONGEST_MESSAGE, MOST_CALLS, PROTOCOL_VERSION } from './messages.js';
import type {
  FromWorker,
  Resume,
  StartedCall,
  TargetChange,
  ToWorker,
  UnsettledReason,
  WorkerJob,
  WorkerSummary,
} from './messages.js';
import { Reachability } from './reachability.js';
import { Recorder } from './recorder.js';
import { ServingEngine } from './serving-engine.js';
import { graceAfter } from './stop.js';

// The program of a worker process, for each run: prepare, say ready, wait for the barrier, deliver, say done; change the
// strategy meanwhile where that is asked for.

/** How soon after a signal to the group the coordinator's stop arrives at the latest. */
const STOP_FOLLOWS_MS = 500;
/**
 * Calls are told when a message is full, or after this long: whoever watches hears of rare calls too, and little is lost
 * with a process that is killed.
 */
const TELL_EVERY_MS = 100;
const ALIVE_EVERY_MS = 1_000;

interface Prepared {
  readonly address: ServerAddress;
  readonly job: WorkerJob;
  readonly engine: ServingEngine;
  readonly calls: Iterator<readonly Delivery[], void, undefined>;
  /** Of an open loop. */
  readonly alarm: Alarm | undefined;
}

let stop = new AbortController();
let over = new AbortController();
let prepared: Prepared | undefined;
/** Of the load under way: its changes until now, one after the other; undefined where it takes no more. */
let changes: Promise<void> | undefined;

// Ctrl-C reaches the whole process group; the coordinator decides what becomes of the workers.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void endUnlessStopped());
// The coordinator let this worker go, or died: leaving closes the connections.
process.on('disconnect', () => process.exit());

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'prepare':
      void reporting(prepare(message));
      break;
    case 'start':
      void reporting(deliver(message.atMicros));
      break;
    case 'change':
      changes = changes?.then(() => reporting(change(message.change)));
      break;
    case 'end':
      over.abort();
      break;
    case 'stop':
      stop.abort();
      break;
  }
});

/** A signal meant for the whole group is followed by the coordinator's stop; one meant for this process is not. */
async function endUnlessStopped(): Promise<void> {
  await sleep(STOP_FOLLOWS_MS);
  if (stop.signal.aborted) return;
  process.removeAllListeners('SIGTERM');
  process.kill(process.pid, 'SIGTERM');
}

/** Where the coordinator has hung up and its 'disconnect' is still on its way, nobody listens: the worker leaves. */
function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, (error) => (error ? process.exit() : resolve()));
  });
}

async function reporting(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    await send({ type: 'failed', message: explain(error).message });
  }
}

function explain(error: unknown): UnsettledReason {
  const why = prepared ? explainConnectFailure(prepared.address, error) : error;
  const code = why instanceof InfrastructureError ? why.code : 'worker_failed';
  const message = why instanceof Error ? why.message : String(why);
  return { code, message: message.slice(0, LONGEST_MESSAGE) };
}

async function prepare({ version, job }: ToWorker & { type: 'prepare' }): Promise<void> {
  if (version !== PROTOCOL_VERSION)
    throw new Error(`this program is of another version than the coordinator`);
  stop = new AbortController();
  over = new AbortController();
  prepared = undefined;
  const engine = await ServingEngine.open(job);
  const calls = remaining(callsOf({ plan: job.plan, workerIndex: job.workerIndex }), job.resume);
  const alarm = job.plan.scenario.arrival === 'open' ? await Alarm.start() : undefined;
  const address = withConnectionString(job.source, job.connectionString);
  prepared = { address, job, engine, calls, alarm };
  await send({ type: 'ready', version: PROTOCOL_VERSION });
}

async function change(to: TargetChange): Promise<void> {
  await prepared?.engine.change(to);
  await send({ type: 'changed' });
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

async function deliver(startMicros: number): Promise<void> {
  if (prepared === undefined) throw new Error('started before it was prepared');
  const { job, engine, calls, alarm } = prepared;
  const { plan } = job;
  const { signal } = stop;
  const isImmediate = job.journal === 'immediate';
  const recorder = new Recorder(
    (chunk) => void send({ type: 'calls', chunk, counters: engine.counters }),
    isImmediate ? 1 : MOST_CALLS,
  );
  const announce = isImmediate ? (call: StartedCall) => send({ type: 'started', call }) : undefined;
  const redelivered = job.resume?.lost ?? new Set();
  for (const end of [signal, over.signal])
    end.addEventListener('abort', () => void alarm?.close(), { once: true });
  changes = Promise.resolve();
  await waitUntilMicros(startMicros);
  const meter = new ClientMeter();
  let skippedSoFar = 0;
  const reachability = new Reachability();
  const telling = setInterval(() => {
    recorder.flush();
    const { connection: lost = 0 } = engine.counters.retriesByCode;
    reachability.note({ answered: recorder.answered, lost });
  }, TELL_EVERY_MS);
  const living = setInterval(() => {
    const { completionLooks } = engine.counters;
    const { unreachableSinceMicros } = reachability;
    void send({ type: 'alive', completionLooks, skipped: skippedSoFar, unreachableSinceMicros });
  }, ALIVE_EVERY_MS);
  let summary: WorkerSummary;
  try {
    const { ranOut, skipped } = await deliverSlice({
      ...{ plan, calls, engine, recorder, announce, redelivered, startMicros, alarm },
      stop: signal,
      over: over.signal,
      onSkip: (count) => (skippedSoFar = count),
    });
    const client = meter.stop(recorder.calls);
    await alarm?.close();
    recorder.flush();
    const unsettled = await unsettledAfter(engine, signal);
    const said = { ...recorder.histograms(), errorMessages: recorder.errorMessages };
    summary = { ...said, counters: engine.counters, ranOut, skipped, client, unsettled };
  } finally {
    changes = undefined;
    clearInterval(telling);
    clearInterval(living);
  }
  await send({ type: 'done', summary });
}

/** What every call was told of is not lost where the server is gone when the engine is to be closed. */
async function unsettledAfter(engine: ServingEngine, signal: AbortSignal): Promise<UnsettledReason | null> {
  try {
    await Promise.race([closeAfterChanges(engine), graceAfter(signal)]);
    return null;
  } catch (error) {
    return explain(error);
  }
}

/** Changes that were asked for before the last call ended are answered before the load is over. */
async function closeAfterChanges(engine: ServingEngine): Promise<void> {
  const asked = changes;
  changes = undefined;
  await asked;
  await engine.close();
}
