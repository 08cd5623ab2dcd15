import type { ClientBase } from 'pg';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { openSession } from '#els/database/session.js';
import { withConnectionString } from '#els/database/address.js';
import { toAnswer, toEnd, toRequest } from '#els/targets/els/call-end.js';
import { waitUntilMicros } from '#els/base/clock.js';
import { deliverSlice } from '#els/runner/lanes.js';
import { Recorder } from '#els/runner/recorder.js';
import type { CallRequest } from '#els/target/instance.js';
import { callsOf } from '#els/workload/plan.js';
import { DOUBLE_BUGS } from '../doubles.js';
import { EngineDouble } from '../doubles/engine-double.js';
import type { FromDoubleWorker, ToDoubleWorker } from './messages.js';

// The program of a worker process whose engine is a double: prepare, say ready, deliver, say done.

type Job = Extract<ToDoubleWorker, { type: 'prepare' }>;

const LOCK_TIMEOUT_MS = 10_000;
const CHUNK_CALLS = 1_000;

let prepared: { job: Job; pool: DatabasePool; double: EngineDouble } | undefined;

process.on('disconnect', () => process.exit());
process.on('message', (message: ToDoubleWorker) => {
  const work = message.type === 'prepare' ? prepare(message) : deliver(message.atMicros);
  work.catch((error: unknown) => {
    send({
      type: 'failed',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
});

function send(message: FromDoubleWorker): void {
  process.send?.(message);
}

/** Opens every connection, so that all are there when the barrier is released. */
async function prepare(job: Job): Promise<void> {
  const { connections } = job.plan.scenario;
  const onConnect = (client: ClientBase) =>
    openSession(client, { schema: job.schema, lockTimeoutMs: LOCK_TIMEOUT_MS }, []);
  const address = withConnectionString('--database-url', job.url);
  const pool = createPool(address, { connections, applicationName: job.plan.runId, onConnect });
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  for (const client of clients) client.release();
  const bug = DOUBLE_BUGS.find(({ name }) => name === job.bug);
  prepared = { job, pool, double: new (bug?.double ?? EngineDouble)(pool) };
  send({ type: 'ready' });
}

async function deliver(startMicros: number): Promise<void> {
  if (prepared === undefined) throw new Error('started before it was prepared');
  const { job, pool, double } = prepared;
  const { plan, workerIndex } = job;
  const recorder = new Recorder((chunk) => send({ type: 'calls', chunk }), CHUNK_CALLS);
  const calls = callsOf({ plan, workerIndex });
  const assign = (request: CallRequest) => double.assign(toRequest(request)).then(toEnd, toAnswer);
  const stop = new AbortController().signal;
  await waitUntilMicros(startMicros);
  await deliverSlice({
    ...{ plan, calls, recorder, startMicros, stop },
    assign: (requests) => Promise.all(requests.map(assign)),
    announce: () => Promise.resolve(),
    redelivered: new Set(),
  });
  await double.close();
  recorder.flush();
  await pool.end();
  send({ type: 'done' });
}
