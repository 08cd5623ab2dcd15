/**
 * A program that makes calls of a target in a loop and nothing else, for the cost of what the tool does besides: the same
 * code, as many connections, ids that are used once, as many calls to warm up. `node bare-loop.js FILE CONNECTIONS BATCHES SLOTS MILLIS` with
 * DATABASE_URL; prints {calls, cpuMicros, elapsedMs} of the loop as JSON.
 */
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { warmUpSlots } from '#els/runner/warm-up.js';
import { loadDefinition } from '#els/targets/module/load.js';

const [file = '', ...numbers] = process.argv.slice(2);
const [connections = 1, batchCount = 1, slots = 1, millis = 1_000] = numbers.map(Number);
const connectionString = process.env['DATABASE_URL'] ?? '';
const run = `loop${Date.now().toString(36)}`;
const batches = Array.from({ length: batchCount }, (_, batch) => ({
  ...{ batchId: `${run}-b${batch}`, slots, contents: 0, contentId: () => '' },
}));
const batchIds = batches.map(({ batchId }) => batchId);

const target = await loadDefinition(file);
const client = new pg.Client({ connectionString });
await client.connect();
await target.setup?.({ client });
await target.register({ client }, batches);
await client.query('analyze');

const instance = await target.open({ connectionString, connections, instance: 1 });
const { signal } = new AbortController();
let next = 0;
const lane = async (isOver) => {
  let calls = 0;
  for (; !isOver(); calls++) {
    const content = next++;
    const contentId = `${run}-c${String(content).padStart(7, '0')}`;
    const call = { batchId: batchIds[content % batchCount] ?? '', contentId, callId: `${contentId}-d1` };
    const { outcome } = await instance.assign({ ...call, redelivered: false, ref: undefined, signal });
    if (outcome !== 'created') throw new Error(`${contentId} is ${outcome}`);
  }
  return calls;
};
const loop = async (isOver) => {
  const made = await Promise.all(Array.from({ length: connections }, () => lane(isOver)));
  return made.reduce((sum, calls) => sum + calls, 0);
};
await loop(() => next >= warmUpSlots(1, connections));
const [before, start] = [process.cpuUsage(), performance.now()];
const calls = await loop(() => performance.now() >= start + millis);
const elapsedMs = performance.now() - start;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ calls, cpuMicros: user + system, elapsedMs }));
await instance.close?.();
await target.remove?.({ client }, batchIds);
await client.end();
