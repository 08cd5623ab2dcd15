import { afterAll, describe, expect, it } from 'vitest';
import { TABLES } from '#els/database/drift.js';
import { checkSchemaName, requireSchema, setupScript } from '#els/database/schema.js';
import { drawn, times } from '../support/draws.js';
import { run } from '../support/command-line.js';
import { useDatabase } from '../support/database.js';
import { newSchema, objectsIn, setUp } from './schemas.js';

const db = useDatabase();
const made: string[] = [];
afterAll(async () => {
  for (const quoted of made) await db.query(`drop schema if exists ${quoted} cascade`);
});

function schemaToDrop(): { name: string; quoted: string } {
  const schema = newSchema();
  made.push(schema.quoted);
  return schema;
}

describe('setup', () => {
  it('creates the tables, and keeps them the next time', async () => {
    const { name } = schemaToDrop();
    expect(await setUp(db, name)).toBe('created');
    const objects = await objectsIn(db, name);
    for (const table of TABLES) expect(objects.join('\n')).toContain(`r ${table} `);
    expect(await setUp(db, name)).toBe('kept');
    expect(await objectsIn(db, name)).toEqual(objects);
  });

  it('keeps rows, and loses them on reset', async () => {
    const { name, quoted } = schemaToDrop();
    await setUp(db, name);
    const rows = () => db.query(`select run_id from ${quoted}.run_batches`);
    await db.query(`insert into ${quoted}.run_batches values ('run', 'batch', 'test')`);
    await setUp(db, name);
    expect(await rows()).toEqual([{ run_id: 'run' }]);
    expect(await setUp(db, name, true)).toBe('reset');
    expect(await rows()).toEqual([]);
  });

  it('creates on reset what is not there yet', async () => {
    const { name } = schemaToDrop();
    expect(await setUp(db, name, true)).toBe('created');
  });

  it('leaves foreign objects in our schema alone on reset', async () => {
    const { name, quoted } = schemaToDrop();
    await setUp(db, name);
    await db.query(`create table ${quoted}.theirs as select 1 as one`);
    await setUp(db, name, true);
    expect(await db.query(`select one from ${quoted}.theirs`)).toEqual([{ one: 1 }]);
  });

  it.each([
    ['that somebody else created', undefined],
    ['of a newer version', `created by els-assign, schema version 999`],
    ['whose mark was changed', `created by els-assign, schema version 1 (copy)`],
    ['whose comment was changed', 'mine'],
  ])('refuses a schema %s, also on reset, and leaves it as it is', async (_, comment) => {
    const { name, quoted } = schemaToDrop();
    await db.query(`create schema ${quoted}`);
    await db.query(`create table ${quoted}.essay_states as select 1 as theirs`);
    if (comment) await db.query(`comment on schema ${quoted} is '${comment}'`);
    const before = await objectsIn(db, name);
    for (const reset of [false, true]) {
      await expect(setUp(db, name, reset)).rejects.toMatchObject({
        name: 'UsageError',
        code: 'foreign_schema',
      });
    }
    expect(await objectsIn(db, name)).toEqual(before);
  });

  it.each([
    [999, 'by a newer version of els-assign (schema version 999, this one has 4)', 'Use that version'],
    [1, 'by an older version of els-assign (schema version 1, this one has 4)', 'els-assign setup --reset'],
  ])('names its version %s, its own, and what can be done', async (version, versions, wayOut) => {
    const { name, quoted } = schemaToDrop();
    await setUp(db, name);
    await db.query(`comment on schema ${quoted} is 'created by els-assign, schema version ${version}'`);
    const before = await objectsIn(db, name);
    await expect(setUp(db, name)).rejects.toThrow(versions);
    await expect(setUp(db, name)).rejects.toThrow(wayOut);
    expect(await objectsIn(db, name)).toEqual(before);
  });

  it('creates anew on reset what an older version created', async () => {
    const { name, quoted } = schemaToDrop();
    await setUp(db, name);
    await db.query(`alter table ${quoted}.batch_essay_trackers drop column low_water`);
    await db.query(`comment on schema ${quoted} is 'created by els-assign, schema version 1'`);
    expect(await setUp(db, name, true)).toBe('reset');
    expect(await setUp(db, name)).toBe('kept');
    expect(await db.query(`select low_water from ${quoted}.batch_essay_trackers`)).toEqual([]);
  });

  it.each([
    ['view', (ours: string, theirs: string) => `create view ${theirs} as select * from ${ours}.essay_states`],
    [
      'foreign key',
      (ours: string, theirs: string) =>
        `create table ${theirs} (id bigint references ${ours}.batch_essay_trackers (id))`,
    ],
    ['column', (ours: string, theirs: string) => `create table ${theirs} (status ${ours}.essay_status_enum)`],
  ])('refuses to reset when a foreign %s depends on it, and drops nothing', async (_, create) => {
    const ours = schemaToDrop();
    const theirs = schemaToDrop();
    await setUp(db, ours.name);
    await db.query(`insert into ${ours.quoted}.run_batches values ('run', 'batch', 'test')`);
    await db.query(`create schema ${theirs.quoted}`);
    await db.query(create(ours.quoted, `${theirs.quoted}.theirs`));
    const before = await objectsIn(db, ours.name);
    const refusal = {
      name: 'UsageError',
      code: 'foreign_dependency',
      message: expect.stringContaining('theirs') as string,
    };
    await expect(setUp(db, ours.name, true)).rejects.toMatchObject(refusal);
    expect(await objectsIn(db, ours.name)).toEqual(before);
    expect(await db.query(`select run_id from ${ours.quoted}.run_batches`)).toEqual([{ run_id: 'run' }]);
  });

  drawn('lets one of many setups at the same time create, and the others keep', async (draw) => {
    const { name } = schemaToDrop();
    const count = draw.integer(2, 9);
    const outcomes = await Promise.all(times(count, () => setUp(db, name)));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(count - 1);
  });

  it('runs as a command, twice at once, with one line each', async () => {
    const { name } = schemaToDrop();
    const args = ['setup', '--database-url', db.url, '--schema', name];
    const finished = await Promise.all([run(args), run(args)]);
    expect(finished.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      times(2, () => ({ code: 0, stderr: '' })),
    );
    expect(finished.filter(({ stdout }) => stdout.includes('created'))).toHaveLength(1);
  });

  it('prints a script that makes the same schema', async () => {
    const { name } = schemaToDrop();
    await db.query(setupScript(name));
    expect(await setUp(db, name)).toBe('kept');
    expect((await objectsIn(db, name)).length).toBe((await objectsIn(db, db.schema)).length);
  });
});

describe('requireSchema', () => {
  it('accepts ours', async () => {
    const client = await db.pool.connect();
    await requireSchema(client, db.schema);
    client.release();
  });

  it('says no_schema where there is none', async () => {
    const client = await db.pool.connect();
    const missing = requireSchema(client, newSchema().name);
    await expect(missing).rejects.toMatchObject({ name: 'UsageError', code: 'no_schema' });
    client.release();
  });
});

describe('checkSchemaName', () => {
  it.each(['els_assign', 'with space', 'quo"te', 'ä'.repeat(31), 'x'.repeat(63)])('accepts %j', (name) => {
    checkSchemaName(name);
  });

  it.each(['', 'x'.repeat(64), 'ä'.repeat(32), 'pg_mine', 'nul\0'])('refuses %j', (name) => {
    expect(() => checkSchemaName(name)).toThrow(expect.objectContaining({ code: 'invalid_schema' }));
  });
});
