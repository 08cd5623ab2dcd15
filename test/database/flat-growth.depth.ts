import { beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { analyzeTables } from '#els/targets/els/batches/register.js';
import { bindValues, loadStatement } from '#els/database/statement.js';
import { assignmentBinds } from '#els/targets/els/engine/documents.js';
import { requestFor, useDatabase } from '../support/database.js';

// Pitfall 8: what is taken stays in the index as dead entries while nobody vacuums, and longer while a foreign session
// holds an old snapshot. A claim must read the same few pages however full its batch is.

const db = useDatabase();
const SLOTS = 100_000;
/** More than the index and heap pages that a claim needs; a claim that passes dead entries touches many hundreds. */
const FEW_BUFFERS = 80;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

const WITH_INDEX = [
  ['inventory', 'essays', 'essay_states_available'],
  ['cte', 'slots', 'slot_assignments_available'],
] as const;
type Strategy = (typeof WITH_INDEX)[number][0];

const essay = (batchId: string, number: number) => `${batchId}-e${String(number).padStart(7, '0')}`;

/** What the calls of a batch that is filled so far have left: dead entries in every index. */
async function fillTo(batchId: string, from: number, to: number): Promise<void> {
  const range = [batchId, essay(batchId, from + 1), essay(batchId, to)];
  await db.query(
    `update essay_states set current_status = 'ready_for_processing', text_storage_id = 'c-' || essay_id
     where batch_id = $1 and essay_id collate "C" between $2 and $3`,
    range,
  );
  await db.query(
    `update slot_assignments set status = 'assigned', text_storage_id = 'c-' || internal_essay_id
     where batch_tracker_id = (select id from batch_essay_trackers where batch_id = $1)
       and internal_essay_id collate "C" between $2 and $3`,
    range,
  );
}

/** Runs a statement of sql/ by its generic plan, undoes it, and tells the plan and the pages it touched. */
async function explained(path: string, batchId: string, lowWater: string | null) {
  const statement = loadStatement(path);
  const values = assignmentBinds(requestFor(batchId, 'new content'), new Date(), lowWater);
  const literals = bindValues(statement, values).map((value) =>
    value === null ? 'null' : pg.escapeLiteral(value),
  );
  const client = await db.pool.connect();
  try {
    await client.query('begin');
    await client.query('set local plan_cache_mode = force_generic_plan');
    await client.query(`prepare tested as ${statement.text}`);
    const sql = `explain (analyze, buffers, format json) execute tested(${literals.join(', ')})`;
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(sql);
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan === undefined) throw new Error('no plan');
    return { plan, buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
  } finally {
    await client.query('rollback');
    await client.query('deallocate all');
    client.release();
  }
}

/** The indexes below the claim's lock. */
function lockedIndexes(node: PlanNode, isLocked = false): string[] {
  const locks = isLocked || node['Node Type'] === 'LockRows';
  const own = locks && node['Index Name'] !== undefined ? [node['Index Name']] : [];
  return [...own, ...(node.Plans ?? []).flatMap((child) => lockedIndexes(child, locks))];
}

describe.each([false, true])('while an old snapshot is held: %s', (isHeld) => {
  const batchOf = (strategy: Strategy) => `${strategy}-${isHeld}`;
  let release = () => Promise.resolve();

  beforeAll(async () => {
    for (const [strategy, inventory] of WITH_INDEX) {
      await db.register({ batchId: batchOf(strategy), slots: SLOTS, inventory });
    }
    await db.query('alter table essay_states set (autovacuum_enabled = off)');
    await db.query('alter table slot_assignments set (autovacuum_enabled = off)');
    const client = await db.pool.connect();
    await analyzeTables(client);
    if (!isHeld) return client.release();
    await client.query('begin isolation level repeatable read');
    await client.query('select count(*) from batch_essay_trackers');
    release = async () => {
      await client.query('rollback');
      client.release();
    };
    return () => release();
  });

  describe.each(WITH_INDEX)('%s', (strategy, _, index) => {
    const batchId = batchOf(strategy);
    const path = `strategies/${strategy}`;

    it.each([
      [0, 0],
      [0, 50_000],
      [50_000, 90_000],
    ])('filled from %i to %i slots of 100,000, claims within a few pages', async (from, to) => {
      if (to > from) await fillTo(batchId, from, to);
      const { plan, buffers } = await explained(path, batchId, to === 0 ? '' : essay(batchId, to));
      expect(new Set(lockedIndexes(plan))).toEqual(new Set([index]));
      expect(buffers).toBeLessThan(FEW_BUFFERS);
      // What the mark saves: the pages of all that was taken before.
      const everywhere = await explained(path, batchId, null);
      if (isHeld && to > 0) expect(everywhere.buffers).toBeGreaterThan(5 * FEW_BUFFERS);
    });

    it('a process that knows nothing starts at the mark that the database keeps', async () => {
      const look = loadStatement('completion/look');
      const kept = bindValues(look, { batch_id: batchId, low_water: essay(batchId, 90_000) });
      await db.pool.query(look.text, kept);
      expect((await explained(path, batchId, '')).buffers).toBeLessThan(FEW_BUFFERS);
    });

    it('a look reads a few pages while slots are free', async () => {
      const look = loadStatement('completion/look');
      const client = await db.pool.connect();
      const sql = look.text.replace(/\$1/g, `'${batchId}'`).replace(/\$2/g, "''");
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `explain (analyze, buffers, format json) ${sql}`,
      );
      client.release();
      expect(rows[0]?.['QUERY PLAN'][0].Plan['Shared Hit Blocks']).toBeLessThan(FEW_BUFFERS);
    });

    it('a full batch says no_slot within a few pages once it is completed', async () => {
      await fillTo(batchId, 90_000, SLOTS);
      const look = loadStatement('completion/look');
      await db.pool.query(look.text, bindValues(look, { batch_id: batchId, low_water: '' }));
      const [outcome] = await db.query<{ completed_at: Date | null }>(
        'select completed_at from batch_essay_trackers where batch_id = $1',
        [batchId],
      );
      expect(outcome?.completed_at).not.toBeNull();
      expect((await explained(path, batchId, null)).buffers).toBeLessThan(FEW_BUFFERS);
    });
  });
});
