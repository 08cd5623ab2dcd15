import { beforeAll, expect, it } from 'vitest';
import { expectPublishedSchema } from '../support/published-schema.js';
import { runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { untilUnderWay } from './signalled.js';
import { IS_LONG } from '../support/long.js';

// The batches of a run are its own: who migrates all of a schema takes them only where that is asked for.

const database = useOwnDatabase();

const LOAD = ['--scenario', 'sustained', '--duration', '3s', '--batches', '60'];
const FEW = ['--workers', '2', '--connections', '2', '--quiet', '--json'];

/** A batch that no run made, as a service registers it. */
const registerByHand = (batchId: string) =>
  database.query(
    `with tracker as (
       insert into batch_essay_trackers (batch_id, expected_count, inventory) values ($1, 1, 'slots') returning id
     ), slot as (
       insert into slot_assignments (batch_tracker_id, internal_essay_id) select id, $1 || '-e1' from tracker
     )
     insert into essay_states (essay_id, batch_id) values ($1 || '-e1', $1)`,
    [batchId],
  );

const inventoryOf = async (batchId: string) =>
  (await database.query('select inventory from batch_essay_trackers where batch_id = $1', [batchId]))[0];

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
  await registerByHand('of a service');
});

it(
  'migrate --all leaves a run at work alone, which stays valid, and says so',
  { ...IS_LONG, timeout: 120_000 },
  async () => {
    const running = database.execute(['run', '--strategy', 'cte', ...LOAD, ...FEW]);
    await untilUnderWay(database);

    const planned = await database.run(['migrate', '--all', '--to', 'essays', '--dry-run']);
    expect(planned.stdout).toContain('1 of 1 batch would be migrated to essays');
    expect(planned.stdout).toContain('61 batches of runs would be left alone');
    const { code, stdout } = await database.run(['migrate', '--all', '--to', 'essays', '--json']);
    const migration = JSON.parse(stdout) as unknown;
    expectPublishedSchema(migration);
    expect({ code, migration }).toMatchObject({
      code: 0,
      migration: {
        plannedBatches: 1,
        leftAlone: 61,
        batches: [{ batchId: 'of a service', outcome: 'migrated' }],
      },
    });
    expect(await inventoryOf('of a service')).toEqual({ inventory: 'essays' });

    const finished = await running;
    const [run] = runDocumentOf(finished).runs;
    expect({ code: finished.code, verdict: run?.verdict }).toEqual({ code: 0, verdict: 'valid' });
  },
);

it('takes batches of runs where it is asked to, and names how otherwise', { timeout: 120_000 }, async () => {
  const kept = ['run', '--strategy', 'cte', '--scenario', 'overflow', '--batches', '2', '--keep', ...FEW];
  expect((await database.run(kept)).code).toBe(0);
  const left = await database.run(['migrate', '--all', '--to', 'essays']);
  expect(left.stdout).toContain(
    '2 batches of runs were left alone, for a migration spoils a run at work: --runs-too takes them, or name one',
  );
  const taken = await database.run(['migrate', '--all', '--runs-too', '--to', 'essays', '--json']);
  expect(JSON.parse(taken.stdout)).toMatchObject({ plannedBatches: 3, leftAlone: 0, passed: true });
});

it('refuses --runs-too without --all', async () => {
  const { code, stderr } = await database.run(['migrate', 'of a service', '--runs-too', '--to', 'essays']);
  expect(code).toBe(2);
  expect(stderr).toContain('--runs-too is given without --all');
});
