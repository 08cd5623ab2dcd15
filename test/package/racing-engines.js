/**
 * Run in a service's own folder, beside the drivers that are installed there: `setup` makes the schema and the batches,
 * `race` delivers every content of every batch several times at once, over engines on pools of two kinds. What ended how
 * is printed as JSON.
 */
import { AssignmentError, createAssignmentEngine, registerBatches, setupSchema } from 'els-assign';
import pg from 'pg';
import PgPool from 'pg-pool';

const SLOTS = 50;
const DELIVERIES = 4;
const BATCHES = { legacy: 'slots', cte: 'slots', inventory: 'essays' };

const [task] = process.argv.slice(2);
await (task === 'setup' ? setup() : race());

async function setup() {
  const client = new pg.Client({ options: '-c search_path=els_assign' });
  await client.connect();
  await client.query('begin');
  await setupSchema(client, 'els_assign', { reset: true });
  await client.query('commit');
  for (const [strategy, inventory] of Object.entries(BATCHES))
    for (const locks of [false, true]) {
      const batchIds = [batchOf(strategy, locks)];
      await registerBatches(client, { runId: 'service', strategy, inventory, batchIds, slots: SLOTS });
    }
  await client.end();
}

async function race() {
  const ends = [];
  for (const strategy of Object.keys(BATCHES))
    for (const locks of [false, true]) ends.push(...(await raceOne(strategy, locks)));
  console.log(JSON.stringify(ends));
}

async function raceOne(strategy, advisoryLocks) {
  // The clock of `query_timeout` outlives a query that does not stop it, and strikes when the process waits for its end.
  const options = { max: 8, query_timeout: 10_000 };
  const pools = [new pg.Pool(options), new PgPool(options, pg.Client)];
  const engines = pools.map((pool) =>
    createAssignmentEngine(pool, { strategy: { kind: 'built-in', name: strategy }, advisoryLocks }),
  );
  const batchId = batchOf(strategy, advisoryLocks);
  const calls = Array.from({ length: SLOTS * DELIVERIES }, (_, call) =>
    assign(
      engines[call % engines.length],
      batchId,
      `content-${Math.floor(call / DELIVERIES)}`,
      `${process.pid}-${call}`,
    ),
  );
  const ends = await Promise.all(calls);
  ends.push(await assign(engines[0], 'no-such-batch', 'content', `${process.pid}-unknown`));
  for (const engine of engines) await engine.close();
  for (const pool of pools) await pool.end();
  return ends;
}

async function assign(engine, batchId, textStorageId, correlationId) {
  const request = {
    ...{ batchId, textStorageId, correlationId },
    ...{ originalFileName: 'a.txt', fileSizeBytes: 1, fileUploadId: correlationId },
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
  };
  try {
    return { batchId, textStorageId, ...(await engine.assign(request)) };
  } catch (error) {
    const { name, code, message } = error;
    return {
      batchId,
      textStorageId,
      outcome: 'error',
      isTyped: error instanceof AssignmentError,
      name,
      code,
      message,
    };
  }
}

function batchOf(strategy, locks) {
  return `${strategy}${locks ? '-locks' : ''}`;
}
