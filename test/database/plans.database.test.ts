import { beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { analyzeTables } from '#els/targets/els/batches/register.js';
import { loadStatement } from '#els/database/statement.js';
import { assignmentBinds, manyBinds } from '#els/targets/els/engine/documents.js';
import { requestFor, useDatabase } from '../support/database.js';

// Pitfalls 8 and 10: one batch dominates and is nearly full, as it is when a claim must not grow slow.

const db = useDatabase();
const SLOTS = 20_000;

beforeAll(async () => {
  for (const inventory of ['slots', 'essays'] as const) {
    await db.register({ batchId: `big-${inventory}`, slots: SLOTS, inventory });
  }
  await db.query(
    `update slot_assignments set status = 'assigned', text_storage_id = 'c' || id where id % 20 <> 0`,
  );
  await db.query(
    `update essay_states set current_status = 'ready_for_processing', text_storage_id = 'c' || essay_id
     where substr(essay_id, length(essay_id) - 1)::integer % 20 <> 0`,
  );
  const client = await db.pool.connect();
  await analyzeTables(client);
  client.release();
});

/** The generic plan of a statement of sql/. */
async function planOf(path: string, batchId: string): Promise<string> {
  const { text, binds } = loadStatement(path);
  const [tracker] = await db.query<{ id: string }>(
    'select id from batch_essay_trackers where batch_id = $1',
    [batchId],
  );
  const values: Readonly<Record<string, string | null>> = {
    ...assignmentBinds(requestFor(batchId, 'content'), new Date()),
    ...manyBinds(batchId, [requestFor(batchId, 'content')], new Date(), ''),
    tracker_id: tracker?.id ?? null,
    essay_id: `${batchId}-e0000001`,
  };
  const client = await db.pool.connect();
  try {
    await client.query('begin');
    await client.query('set local plan_cache_mode = force_generic_plan');
    await client.query(`prepare tested as ${text}`);
    const literals = binds.map((bind) => pg.escapeLiteral(values[bind] ?? ''));
    const call = literals.length > 0 ? `(${literals.join(', ')})` : '';
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain execute tested${call}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('rollback');
    await client.query('deallocate all');
    client.release();
  }
}

describe.each<[path: string, batch: string, index: string]>([
  ['strategies/cte', 'big-slots', 'slot_assignments_available'],
  ['strategies/inventory', 'big-essays', 'essay_states_available'],
  ['strategies/cte-many', 'big-slots', 'slot_assignments_available'],
  ['strategies/inventory-many', 'big-essays', 'essay_states_available'],
  ['strategies/legacy/claim-slot', 'big-slots', 'slot_assignments_available'],
  ['strategies/legacy/find-vacancy', 'big-slots', 'slot_assignments_available'],
  ['strategies/wait-for-slot', 'big-slots', 'slot_assignments_available'],
  ['strategies/wait-for-essay', 'big-essays', 'essay_states_available'],
  ['completion/look', 'big-essays', 'essay_states_available'],
])('%s', (path, batch, index) => {
  it(`reads free rows by ${index}`, async () => {
    const plan = await planOf(path, batch);
    expect(plan).toMatch(new RegExp(`Index (Only )?Scan using ${index}\\b`));
    expect(plan).not.toMatch(/Seq Scan on (slot_assignments|essay_states)/);
    expect(plan).not.toContain('Bitmap');
  });

  it('locks what that index gives, and walks no other', async () => {
    const plan = await planOf(path, batch);
    // The same statement may read the index elsewhere too: what is locked must come from it.
    for (const [, scanned] of plan.matchAll(/LockRows[^]*?Scan (?:using|on) (\S+)/g)) {
      expect(scanned).toBe(index);
    }
  });

  it('finds them without a sort; contents given at once are sorted by their position', async () => {
    expect(await planOf(path, batch)).not.toMatch(/Sort Key: (?!.*position)/);
  });
});

it.each([
  ['strategies/cte', 'slot_assignments_content'],
  ['strategies/inventory', 'essay_states_content'],
  ['strategies/cte-many', 'slot_assignments_content'],
  ['strategies/inventory-many', 'essay_states_content'],
  ['strategies/legacy/find-assignment', 'slot_assignments_content'],
])('%s finds a duplicate by %s', async (path, index) => {
  const plan = await planOf(path, path.includes('inventory') ? 'big-essays' : 'big-slots');
  expect(plan).toMatch(new RegExp(`Index (Only )?Scan using ${index}\\b`));
  expect(plan).not.toMatch(/Seq Scan on (slot_assignments|essay_states)/);
});
