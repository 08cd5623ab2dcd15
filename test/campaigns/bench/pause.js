// npm run bench:pause: how long callers wait while a batch is migrated from one inventory to the other and back, on an
// embedded server of its own: 8 callers of one process on a batch that is half full. Prints one JSON document: for each
// size and direction the pause that the migration measured, the longest call that met it, and, to compare, the longest
// call of as long a time without any migration. SLOTS (1000,100000) and ROUNDS (5) set its size.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '#els/database/on-pool.js';
import { migrate } from '#els/targets/els/commands/migrate-batches.js';
import { analyzeTables, registerBatches } from '#els/targets/els/batches/register.js';
import { createPool } from '#els/database/pool.js';
import { transaction } from '#els/database/session.js';
import { median } from '#els/base/median.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { countFrom } from './environment.js';
import { freshSchema, withServer } from './server.js';

const SIZES = (process.env['SLOTS'] ?? '1000,100000').split(',').map(Number);
const ROUNDS = countFrom('ROUNDS', 5);
const CALLERS = 8;
const BULK = 500;

/** @returns {{ kind: 'built-in', name: import('#els/targets/els/engine/assignment.js').BuiltInStrategy }} */
const builtIn = (name) => ({ kind: 'built-in', name });

function request(batchId, content) {
  return {
    ...{ batchId, textStorageId: content, correlationId: `${content}-${performance.now()}` },
    ...{ originalFileName: 'essay.txt', fileSizeBytes: 1_024, fileUploadId: content },
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
  };
}

/** A batch of which half of the slots are taken, as essays alone know. */
async function halfFull({ pool }, engine, batchId, slots) {
  await withClient(pool, (client) =>
    transaction(client, async () => {
      /** @type {import('#els/targets/els/batches/register.js').BatchRegistration} */
      const registration = {
        runId: batchId,
        strategy: 'pause',
        inventory: 'essays',
        batchIds: [batchId],
        slots,
      };
      await registerBatches(client, registration);
      await analyzeTables(client);
    }),
  );
  for (let taken = 0; taken < slots / 2; taken += BULK) {
    const count = Math.min(BULK, slots / 2 - taken);
    const requests = Array.from({ length: count }, (_, i) => request(batchId, `content-${taken + i}`));
    await engine.assignMany(requests);
  }
}

/** Calls until it is told to end, of new contents and of those that have a slot; returns when each began and ended. */
async function call(engine, batchId, slots, caller, isOver) {
  const calls = [];
  for (let number = 0; !isOver(); number++) {
    const isNew = number % 8 === 0;
    const content = isNew
      ? `new-${caller}-${number}`
      : `content-${(number * CALLERS + caller) % (slots / 2)}`;
    const startMs = performance.now();
    await engine.assign(request(batchId, content));
    calls.push({ startMs, endMs: performance.now() });
  }
  return calls;
}

const longest = (calls) => Math.max(0, ...calls.map(({ startMs, endMs }) => endMs - startMs));

/** One migration under load. */
async function observe(database, engine, batchId, slots, to) {
  let over = false;
  const callers = Array.from({ length: CALLERS }, (_, caller) =>
    call(engine, batchId, slots, caller, () => over),
  );
  await sleep(300);
  const startMs = performance.now();
  const { batches } = await migrate(database, { batchIds: [batchId], to }, { pauseLimitMs: 60_000 });
  const endMs = performance.now();
  await sleep(300);
  over = true;
  const calls = (await Promise.all(callers)).flat();
  const [batch] = batches;
  if (batch?.outcome !== 'migrated') throw new Error(`the batch is ${batch?.outcome}`);
  const met = calls.filter((each) => each.endMs >= startMs && each.startMs <= endMs);
  const others = calls.filter((each) => each.endMs < startMs || each.startMs > endMs);
  return {
    ...{ pauseMs: batch.pauseMs, copied: batch.copied, wholeMs: endMs - startMs },
    ...{ longestCallMs: longest(met), longestCallWithoutMs: longest(others) },
  };
}

function summary(slots, to, seen) {
  const of = (name) => seen.map((each) => each[name]);
  const spread = (name) => ({ median: median(of(name)), max: Math.max(...of(name)) });
  return {
    ...{ slots, to, rounds: seen.length, rowsCopied: spread('copied').median, wholeMs: spread('wholeMs') },
    ...{ pauseMs: spread('pauseMs'), longestCallMs: spread('longestCallMs') },
    longestCallWithoutMs: spread('longestCallWithoutMs'),
  };
}

const result = await withServer(new AbortController().signal, async (bench) => {
  await freshSchema(bench);
  const { database } = bench;
  const pool = createPool(database.address, { connections: CALLERS, applicationName: 'els-assign bench' });
  const engine = createAssignmentEngine(pool, {
    ...{ schema: database.schema, strategy: builtIn('inventory'), otherInventory: builtIn('cte') },
    timeoutMs: 60_000,
  });
  const sizes = [];
  for (const slots of SIZES) {
    const seen = { slots: [], essays: [] };
    for (let round = 0; round < ROUNDS; round++) {
      const batchId = `pause-${slots}-${round}`;
      await halfFull(database, engine, batchId, slots);
      for (const to of ['slots', 'essays'])
        seen[to].push(await observe(database, engine, batchId, slots, to));
    }
    sizes.push(summary(slots, 'slots', seen.slots), summary(slots, 'essays', seen.essays));
  }
  await engine.close();
  await pool.end();
  return { environment: bench.environment, callers: CALLERS, sizes };
});
console.log(JSON.stringify(result, null, 2));
