import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, linesOf } from './document.js';
import { fingerprint, useOwnDatabase } from './own-database.js';

const database = useOwnDatabase();

/** Lets later sessions write, or not. */
async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  const name = pg.escapeIdentifier(new URL(database.url).pathname.slice(1));
  await database.query(`alter database ${name} set default_transaction_read_only = ${value}`);
}

const BATCH = 'batch of the service';

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
  await database.query(
    `with tracker as (
      insert into batch_essay_trackers (batch_id, expected_count, inventory) values ($1, 1, 'slots') returning id
    ), slot as (
      insert into slot_assignments (batch_tracker_id, internal_essay_id) select id, 'essay' from tracker
    ) insert into essay_states (essay_id, batch_id) values ('essay', $1)`,
    [BATCH],
  );
  await setReadOnly('on');
});
afterAll(() => setReadOnly('off'));

describe('where nothing can be written', () => {
  it.each([
    [['setup']],
    [['setup', '--reset']],
    [['run', '--scenario', 'cross-instance']],
    [['compare', '--scenario', 'cross-instance']],
    [['prove', '--strategy', 'cte']],
    [['status', BATCH, '--repair']],
  ])('%j says so before anything else', async (args) => {
    const before = await fingerprint(database);
    const finished = await database.run(args);
    expect({ code: finished.code, lines: linesOf(finished.stderr) }).toEqual({
      ...{ code: 3, lines: [expect.stringMatching(/DATABASE_URL.*read-only.*accepted/)] },
    });
    expect(finished.stdout).toBe('');
    expect(await fingerprint(database)).toEqual(before);
  });

  it('says so in JSON', async () => {
    const finished = await database.run(['run', '--json']);
    expect(finished.code).toBe(3);
    expect(failureOf(finished).code).toBe('database_read_only');
  });

  it.each([[['verify']], [['status', BATCH]]])('%j works', async (args) => {
    expect(await database.run(args)).toMatchObject({ code: 0, stderr: '' });
  });
});
