import { beforeAll, describe, expect, it } from 'vitest';
import { expectPublishedSchema } from '../support/published-schema.js';
import { runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';

const database = useOwnDatabase();

interface MigrationDocument {
  readonly passed: boolean;
  readonly to: string;
  readonly plannedBatches: number;
  readonly batches: readonly {
    readonly batchId: string;
    readonly outcome: string;
    readonly copied: number;
    readonly pauseMs: number;
    readonly disagreements: readonly unknown[];
  }[];
}

async function migrateJson(...args: string[]): Promise<MigrationDocument & { code: number | null }> {
  const { code, stdout } = await database.run(['migrate', ...args, '--json']);
  const document = JSON.parse(stdout) as MigrationDocument;
  expectPublishedSchema(document);
  return { ...document, code };
}

/** Batches that a run filled and kept. */
beforeAll(async () => {
  const load = ['run', '--scenario', 'overflow', '--strategy', 'cte', '--workers', '2', '--connections', '4'];
  const counts = ['--batches', '3', '--slots', '8', '--contents', '15'];
  runDocumentOf(await database.run([...load, ...counts, '--keep', '--quiet', '--json']));
}, 60_000);

const states = () =>
  database.query<{ batch_id: string; inventory: string }>(
    'select batch_id, inventory from batch_essay_trackers order by batch_id',
  );

describe('migrate', () => {
  it('says what it would do, and changes nothing', async () => {
    const before = await database.query('select * from batch_essay_trackers order by batch_id');
    const { code, stdout } = await database.run([
      'migrate',
      '--all',
      '--runs-too',
      '--to',
      'essays',
      '--dry-run',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ \S+ {2}slots → essays · 0 rows to copy\n/);
    expect(stdout).toMatch(
      /\n3 of 3 batches would be migrated to essays · 0 rows to copy as of now · nothing was changed\n$/,
    );
    expect(await database.query('select * from batch_essay_trackers order by batch_id')).toEqual(before);
  });

  it('switches all batches and back, which then verify', async () => {
    const there = await migrateJson('--all', '--runs-too', '--to', 'essays', '--quiet');
    expect(there).toMatchObject({ code: 0, passed: true, to: 'essays', plannedBatches: 3 });
    expect(there.batches.map(({ outcome }) => outcome)).toEqual(['migrated', 'migrated', 'migrated']);
    expect((await states()).map(({ inventory }) => inventory)).toEqual(['essays', 'essays', 'essays']);

    const [{ batch_id: one = '' } = {}] = await states();
    const back = await database.run(['migrate', one, '--to', 'slots']);
    expect(back).toMatchObject({ code: 0, stderr: '' });
    expect(back.stdout).toMatch(
      new RegExp(
        `^✓ ${one} {2}migrated · nothing to copy · callers waited \\S+ at the most\nPASSED {2}1 of 1 batch filled through slots`,
      ),
    );
    const rest = await migrateJson('--all', '--runs-too', '--to', 'slots');
    expect(rest.batches.map(({ outcome }) => outcome).sort()).toEqual(['already', 'migrated', 'migrated']);
    expect((await database.run(['verify'])).code).toBe(0);
  });

  it('copies what only essays know', async () => {
    const [{ batch_id: batchId = '' } = {}] = await states();
    await database.query(
      `update slot_assignments set status = 'available', text_storage_id = null, original_file_name = null, assigned_at = null
       where batch_tracker_id = (select id from batch_essay_trackers where batch_id = $1)`,
      [batchId],
    );
    await database.query(`update batch_essay_trackers set inventory = 'essays' where batch_id = $1`, [
      batchId,
    ]);
    const planned = await database.run(['migrate', batchId, '--to', 'slots', '--dry-run', '--json']);
    const document = JSON.parse(planned.stdout) as unknown;
    expectPublishedSchema(document);
    const ready = (
      await database.query<{ n: number }>(
        'select count(*)::integer as n from essay_states where batch_id = $1 and text_storage_id is not null',
        [batchId],
      )
    )[0]?.n;
    expect(document).toMatchObject({
      dryRun: true,
      batches: [{ batchId, inventory: 'essays', pending: ready, disagreements: [] }],
    });
    const { batches } = await migrateJson(batchId, '--to', 'slots');
    expect(batches).toMatchObject([{ outcome: 'migrated', copied: ready }]);
    expect((await database.run(['verify'])).code).toBe(0);
  });

  it('puts a batch back whose rows differ, names them, and fails', async () => {
    const [{ batch_id: batchId = '' } = {}] = await states();
    await database.query(
      `update slot_assignments set text_storage_id = 'foreign' where internal_essay_id = $1`,
      [`${batchId}-e0000001`],
    );
    const dry = await database.run(['migrate', batchId, '--to', 'essays', '--dry-run']);
    expect(dry.code).toBe(1);
    expect(dry.stdout).toContain('slots and essays differ now:');
    const { code, stdout } = await database.run(['migrate', '--all', '--runs-too', '--to', 'essays']);
    expect(code).toBe(1);
    expect(stdout).toContain(`✗ ${batchId}  left as it was, for its slots and essays differ:\n`);
    expect(stdout).toContain(`essay_id=${batchId}-e0000001`);
    expect(stdout).toContain('slot_content=foreign');
    expect(stdout).toMatch(/FAILED {2}2 of 3 batches filled through essays · 1 left as they were/);
    expect((await states())[0]).toEqual({ batch_id: batchId, inventory: 'slots' });
  });

  it('tells which batch a killed migration left, and goes on with it', async () => {
    const batchId = (await states())[2]?.batch_id ?? '';
    await database.query(
      `update batch_essay_trackers set inventory = 'switching', switching_to = 'slots' where batch_id = $1`,
      [batchId],
    );
    expect((await database.run(['status', batchId])).stdout).toContain(
      'inventory     switching to slots: callers wait for els-assign migrate\n',
    );
    expect(await migrateJson(batchId, '--to', 'slots')).toMatchObject({
      code: 0,
      batches: [{ outcome: 'migrated' }],
    });
  });

  it('fails in one line when another session holds what it needs', async () => {
    const [, { batch_id: batchId, inventory } = { batch_id: '', inventory: '' }] = await states();
    const holder = await database.connect();
    await holder.query('begin');
    await holder.query('select 1 from batch_essay_trackers where batch_id = $1 for update', [batchId]);
    const args = ['migrate', batchId, '--to', inventory === 'slots' ? 'essays' : 'slots', '--json'];
    const { code, stdout, stderr } = await database.run(args, { PGOPTIONS: '-c lock_timeout=100' });
    await holder.query('rollback');
    await holder.end();
    expect(code).toBe(3);
    expect(stderr).toContain('canceling statement due to lock timeout');
    const document = JSON.parse(stdout) as unknown;
    expectPublishedSchema(document);
    expect(document).toMatchObject({
      passed: false,
      plannedBatches: 1,
      error: { code: 'database_unavailable' },
    });
  });

  it.each([
    [
      ['migrate', '--to', 'essays'],
      'which_batches',
      'neither a batch nor --all is given; accepted: the id of one batch, or --all',
    ],
    [
      ['migrate', 'b', '--all', '--to', 'essays'],
      'which_batches',
      'a batch and --all are given; accepted: the id of one batch, or --all',
    ],
    [['migrate', 'nowhere', '--to', 'essays'], 'unknown_batch', 'batch "nowhere" is not registered'],
    [['migrate', 'b', '--to', 'tables'], 'invalidArgument', 'Allowed choices are essays, slots'],
    [
      ['migrate', '--all', '--to', 'essays', '--pause-limit', '0s'],
      'invalid_pause_limit',
      '--pause-limit is "0s"; accepted: 250ms',
    ],
  ])('refuses %s in one line', async (args, code, message) => {
    const refused = await database.run([...args, '--json']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(message);
    expect(refused.stderr.trimEnd()).not.toContain('\n');
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code } });
  });
});
