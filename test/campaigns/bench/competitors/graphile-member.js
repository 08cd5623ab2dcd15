// A process of Graphile Worker's fast path (https://worker.graphile.org/docs/performance): local queue, completion in
// batches. runOnce ends when the queue is empty and every completion is in the database.
import { Logger, runOnce } from 'graphile-worker-local-queue';
import { nowMicros } from '#els/base/clock.js';
import { TASK } from './graphile-jobs.js';
import { openGraphilePool } from './graphile-pool.js';
import { serve } from './serve.js';

/** What the library needs beside the connections of its jobs (its documentation of maxPoolSize). */
const OWN_CONNECTIONS = 2;

async function connectAll(pool, connections) {
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  for (const client of clients) client.release();
}

await serve(async ({ connectionString, schema, connections, size }) => {
  const maxPoolSize = connections + OWN_CONNECTIONS;
  const pgPool = openGraphilePool({ connectionString, max: maxPoolSize, idleTimeoutMillis: 0 });
  await connectAll(pgPool, maxPoolSize);
  let done = 0;
  let startMicros;
  const task = () => {
    startMicros ??= nowMicros();
    done += 1;
  };
  const worker = {
    schema,
    maxPoolSize,
    concurrentJobs: connections,
    localQueue: { size },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
    logger: new Logger(() => () => undefined),
  };
  return async () => {
    await runOnce({ pgPool, taskList: { [TASK]: task }, noHandleSignals: true, preset: { worker } });
    const endMicros = nowMicros();
    await pgPool.end();
    return { startMicros, endMicros, done };
  };
});
