import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase } from '../support/database.js';
import { withForeign } from './support/hold.js';
import { newBatch, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

describe.each(VARIANTS)("$name on a pool with node-postgres' query_timeout", (variant) => {
  it('tells of a call that was not answered in time that it may have happened', async () => {
    const pool = new pg.Pool({ connectionString: db.url, max: 1, query_timeout: 500 });
    const engine = createAssignmentEngine(pool, {
      ...optionsOf(variant),
      schema: db.schema,
      timeoutMs: 1_000,
    });
    const batchId = await newBatch(db, variant.inventory, 2);
    await engine.assign(requestFor(batchId, 'earlier'));
    await withForeign(db, async (foreign) => {
      await foreign.query('lock table essay_states, slot_assignments in access exclusive mode');
      await expect(engine.assign(requestFor(batchId, 'content'))).rejects.toMatchObject({
        code: 'database_unavailable',
        details: { retryable: true, ambiguous: true },
      });
    });
    expect(await engine.assign(requestFor(batchId, 'content'))).toHaveProperty('essayId');
    await engine.close();
    await pool.end();
  });
});
