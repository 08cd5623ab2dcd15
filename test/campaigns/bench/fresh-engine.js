import { createPool } from '#els/database/pool.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { nowMicros } from '#els/base/clock.js';

/** PostgreSQL settles on a plan at a prepared statement's sixth execution (manual, SQL command PREPARE). */
const WARM_UP_CALLS = 6;

function request(batchId, content) {
  return {
    batchId,
    textStorageId: content,
    originalFileName: 'essay.txt',
    fileSizeBytes: 1_024,
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
    fileUploadId: content,
    correlationId: content,
  };
}

async function claim(engine, batchId, content) {
  const startMicros = nowMicros();
  const { outcome } = await engine.assign(request(batchId, content));
  const endMicros = nowMicros();
  if (outcome !== 'created') throw new Error(`the claim of ${content} on ${batchId} ended as ${outcome}`);
  return { startMicros, endMicros };
}

/**
 * The first claim on a batch of an engine that never saw it, over a connection that is warm from another batch.
 *
 * @param {import('./server.js').Bench} bench
 * @param {{ batchId: string, content: string }} sample
 * @param {string} warmUpBatchId
 * @returns when the claim began and ended
 * @throws Error when it found no slot
 */
export async function firstClaim({ database: { address, schema } }, { batchId, content }, warmUpBatchId) {
  const pool = createPool(address, { connections: 1, applicationName: 'els-assign bench' });
  const engine = createAssignmentEngine(pool, { strategy: { kind: 'built-in', name: 'inventory' }, schema });
  try {
    for (let call = 0; call < WARM_UP_CALLS; call++) await claim(engine, warmUpBatchId, `${content}-${call}`);
    await engine.settle();
    const sample = await claim(engine, batchId, content);
    await engine.close();
    return sample;
  } finally {
    await pool.end();
  }
}
