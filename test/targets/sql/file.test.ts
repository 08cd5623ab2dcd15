import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '#els/domain/errors.js';
import { isTargetFilePath, readTargetFile } from '#els/targets/sql/file.js';

let folder: string;
let folders = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-target-file-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const SQL = {
  'register.sql': 'insert into seats select :batch_id, n from generate_series(1, :slots::integer) n',
  'claim.sql': 'select slot_id, outcome from claim(:batch_id, :content_id, :call_id)',
};
const FIELDS = { register: 'register.sql', sql: 'claim.sql' };

/** Writes a target file with its SQL files beside it. */
async function write(text: string, files: Readonly<Record<string, string>> = SQL): Promise<string> {
  const own = join(folder, `${++folders}`);
  for (const [name, content] of Object.entries({ 'seats.target.json': text, ...files })) {
    await mkdir(dirname(join(own, name)), { recursive: true });
    await writeFile(join(own, name), content);
  }
  return join(own, 'seats.target.json');
}

/** One that has what every target file has, and more. */
function writeFields(more: object, files: Readonly<Record<string, string>> = {}): Promise<string> {
  return write(JSON.stringify({ ...FIELDS, ...more }), { ...SQL, ...files });
}

async function refusalOf(path: string): Promise<string> {
  const error = await readTargetFile(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UsageError)) throw new Error(`it was not refused: ${String(error)}`);
  expect(error.code).toBe('invalid_target');
  expect(error.message).not.toMatch(/[\n\r]/);
  const start = `target file ${JSON.stringify(path)}: `;
  expect(error.message.startsWith(start)).toBe(true);
  return error.message.slice(start.length).replaceAll(dirname(path), '.');
}

const KNOWN =
  '$schema, name, promises, places, ids, setup, contents, register, sql, assignments, remove, audits';

describe('a target file', () => {
  it('needs register and sql alone', async () => {
    const path = await writeFields({});
    expect(await readTargetFile(path)).toEqual({
      path,
      name: 'seats',
      promises: { idempotent: true, truthfulNoSlot: true },
      promisesAssumed: true,
      places: 'named',
      ids: { batch: 'text', content: 'text' },
      setup: undefined,
      contents: undefined,
      register: {
        name: 'target/register',
        text: 'insert into seats select $1, n from generate_series(1, $2::integer) n',
        binds: ['batch_id', 'slots'],
        parameterTypes: [0, 0],
      },
      claim: {
        name: 'target/sql',
        text: 'select slot_id, outcome from claim($1, $2, $3)',
        binds: ['batch_id', 'content_id', 'call_id'],
        parameterTypes: [0, 0, 0],
      },
      assignments: undefined,
      remove: undefined,
      audits: {},
    });
  });

  it('may say everything, with comments and commas at the end', async () => {
    const text = `\uFEFF{
      // A line.
      "$schema": "../target.schema.json",
      /* Several
         lines. */
      "name": "mine",
      "promises": { "idempotent": false, "truthfulNoSlot": false, },
      "places": "counted", "ids": { "batch": "uuid", "content": "integer" },
      "setup": "sql/setup.sql", "contents": "sql/contents.sql",
      "register": "register.sql", "sql": "claim.sql",
      "assignments": "sql/assignments.sql", "remove": "sql/remove.sql", "audits": "sql/audit.sql",
    }`;
    const path = await write(text, {
      ...SQL,
      'sql/setup.sql': "create table seats (id text); -- :no_bind\nselect ':batch_id'",
      'sql/contents.sql': 'insert into customers select unnest(:content_ids::uuid[])',
      'sql/assignments.sql': 'select batch_id, content_id from seats where batch_id = any(:batch_ids)',
      'sql/remove.sql': 'delete from seats where batch_id = any(:batch_ids)',
      'sql/audit.sql': 'select * from seats where batch_id = any(:batch_ids) and paid is null',
    });
    const read = await readTargetFile(path);
    expect(read).toMatchObject({
      name: 'mine',
      promises: { idempotent: false, truthfulNoSlot: false },
      promisesAssumed: false,
      places: 'counted',
      ids: { batch: 'uuid', content: 'integer' },
      setup: "create table seats (id text); -- :no_bind\nselect ':batch_id'",
    });
    expect(read.contents?.binds).toEqual(['content_ids']);
    expect(read.assignments?.binds).toEqual(['batch_ids']);
    expect(read.remove?.text).toBe('delete from seats where batch_id = any($1)');
    expect(Object.keys(read.audits)).toEqual(['audit']);
  });

  it('is told by its ending', () => {
    expect(isTargetFilePath('./seats.target.json')).toBe(true);
    expect(isTargetFilePath('./seats.json')).toBe(false);
    expect(isTargetFilePath('./seats.target.ts')).toBe(false);
  });
});

describe('a file that is refused', () => {
  it.each([
    ['{ "register": ', 'line 1 column 15: it is no JSON'],
    ['{\n  "register" "register.sql"\n}', 'line 2 column 14: it is no JSON'],
    ['', 'line 1 column 1: it is no JSON'],
    ['[]', 'the file is a list; accepted: an object with the fields of a target'],
    ['"seats"', 'the file is "seats"; accepted: an object with the fields of a target'],
  ])('%s', async (text, complaint) => {
    expect(await refusalOf(await write(text))).toBe(complaint);
  });

  it('is not there', async () => {
    const path = join(folder, 'nowhere.target.json');
    expect(await refusalOf(path)).toBe('no such file or directory');
  });

  it.each([
    [{ assigments: 'a.sql' }, `unknown field "assigments" (did you mean assignments?); accepted: ${KNOWN}`],
    [{ zzz: 1 }, `unknown field "zzz"; accepted: ${KNOWN}`],
    [
      { promises: { idempotant: true } },
      'promises has "idempotant" (did you mean idempotent?); accepted: idempotent, truthfulNoSlot',
    ],
    [{ promises: { idempotent: 'yes' } }, 'promises.idempotent is "yes"; accepted: true or false'],
    [{ promises: true }, 'promises is true; accepted: an object with idempotent and truthfulNoSlot'],
    [{ ids: { slot: 'text' } }, 'ids has "slot"; accepted: batch, content'],
    [{ ids: { batch: 'bigint' } }, 'ids.batch is "bigint"; accepted: text, uuid, integer'],
    [{ ids: 'uuid' }, 'ids is "uuid"; accepted: an object with batch and content'],
    [{ places: 'numbered' }, 'places is "numbered"; accepted: named, counted'],
    [{ name: 7 }, 'name is 7; accepted: one line of 1 to 63 characters without a comma'],
    [{ name: 'a,b' }, 'name is "a,b"; accepted: one line of 1 to 63 characters without a comma'],
    [{ name: '' }, 'name is ""; accepted: one line of 1 to 63 characters without a comma'],
    [{ register: '' }, 'register is ""; accepted: the path of a SQL file, from this file on'],
    [{ sql: ['claim.sql'] }, 'sql is a list; accepted: the path of a SQL file, from this file on'],
    [{ register: undefined }, 'register is missing; accepted: the path of a SQL file, from this file on'],
    [{ sql: undefined }, 'sql is missing; accepted: the path of a SQL file, from this file on'],
    [{ sqll: 'x', sql: undefined }, `unknown field "sqll" (did you mean sql?); accepted: ${KNOWN}`],
  ])('%j', async (more, complaint) => {
    expect(await refusalOf(await writeFields(more))).toBe(complaint);
  });
});

describe('an SQL file', () => {
  it.each(['setup', 'contents', 'register', 'sql', 'assignments', 'remove', 'audits'])(
    'of %s that is not there',
    async (field) => {
      expect(await refusalOf(await writeFields({ [field]: 'nowhere.sql' }))).toBe(
        `${field}: "./nowhere.sql" cannot be read: no such file or directory`,
      );
    },
  );

  it.each([
    ['contents', ':content_ids', 'batch_id'],
    ['register', ':batch_id :slots', 'slot'],
    ['sql', ':batch_id :content_id :call_id', 'slot_id'],
    ['assignments', ':batch_ids', 'batch_id'],
    ['remove', ':batch_ids', 'content_ids'],
    ['audits', ':batch_ids', 'batch_id'],
  ])('of %s takes %s and not :%s', async (field, accepted, bind) => {
    const path = await writeFields({ [field]: 'x.sql' }, { 'x.sql': `select :${bind}` });
    expect(await refusalOf(path)).toBe(
      `${field}: "./x.sql" names the bind "${bind}"; accepted are ${accepted}`,
    );
  });

  it('names binds and no identifiers', async () => {
    const path = await writeFields({ sql: 'x.sql' }, { 'x.sql': 'select :"batch_id"' });
    expect(await refusalOf(path)).toBe(
      'sql: "./x.sql" names the bind "batch_id"; accepted are :batch_id :content_id :call_id',
    );
  });

  it.each(['', ' \n', '-- nothing yet\n', '/* nothing yet */;'])('that says nothing: %j', async (text) => {
    const path = await writeFields({ sql: 'x.sql' }, { 'x.sql': text });
    expect(await refusalOf(path)).toBe('sql: "./x.sql" holds no statement');
  });
});

describe('assignments', () => {
  const REST = 'batch_id, slot_id, content_id from seats where batch_id = any(:batch_ids)';

  it.each([
    `select distinct ${REST}`,
    `\n  SELECT\n  DISTINCT ${REST}`,
    `select distinct on (batch_id, slot_id) ${REST}`,
    `select distinct(batch_id), slot_id, content_id from seats where batch_id = any(:batch_ids)`,
    `-- a row for each\n-- seat\nselect distinct ${REST}`,
    `/* a row /* for */ each */ select distinct ${REST}`,
    `select -- each\n distinct ${REST}`,
    `select/**/distinct ${REST}`,
    `with taken as (select * from seats) select distinct ${REST}`,
    `select ${REST} union all select distinct ${REST}`,
    `(select distinct ${REST})`,
    `((select distinct ${REST}) union all (select ${REST}))`,
  ])('hide nothing by DISTINCT: %s', async (sql) => {
    const path = await writeFields({ assignments: 'x.sql' }, { 'x.sql': sql });
    expect(await refusalOf(path)).toBe(
      'assignments: "./x.sql" has SELECT DISTINCT at its top level, which hides what is given twice; accepted: a row for each slot or place that is taken',
    );
  });

  it.each([`select ${REST} union select ${REST}`, `(select ${REST}) union\n(select ${REST})`])(
    'hide nothing by UNION: %s',
    async (sql) => {
      const path = await writeFields({ assignments: 'x.sql' }, { 'x.sql': sql });
      expect(await refusalOf(path)).toContain('has UNION without ALL at its top level');
    },
  );

  it.each([
    `select ${REST} union all select ${REST}`,
    `select ${REST} and batch_id in (select 'a' union select 'b')`,
    `select ${REST}`,
    `select ${REST} and customer is distinct from 'nobody'`,
    `select ${REST} and batch_id in (select distinct batch_id from paid)`,
    `with paid as (select distinct batch_id from payments) select ${REST}`,
    `select ${REST} and note <> 'select distinct'`,
    `select ${REST} -- select distinct\n`,
    `select "select distinct", ${REST}`,
    `select $$ select distinct $$, ${REST}`,
    `select distinct_seats.batch_id, slot_id, content_id from distinct_seats where batch_id = any(:batch_ids)`,
    `select all ${REST}`,
  ])('may say distinct where it hides nothing: %s', async (sql) => {
    const path = await writeFields({ assignments: 'x.sql' }, { 'x.sql': sql });
    expect((await readTargetFile(path)).assignments?.binds).toEqual(['batch_ids']);
  });
});

describe('audits', () => {
  const AUDIT = 'select * from seats where batch_id = any(:batch_ids) and paid is null';

  it('are one file', async () => {
    const path = await writeFields({ audits: 'audits/paid.sql' }, { 'audits/paid.sql': AUDIT });
    expect(Object.keys((await readTargetFile(path)).audits)).toEqual(['paid']);
  });

  it('are all SQL files of a folder, by name', async () => {
    const files = { 'audits/b.sql': AUDIT, 'audits/a.sql': AUDIT, 'audits/README.md': 'Two audits.' };
    const { audits } = await readTargetFile(await writeFields({ audits: 'audits/*.sql' }, files));
    expect(
      Object.entries(audits).map(([name, { name: statement, binds }]) => [name, statement, binds]),
    ).toEqual([
      ['a', 'target/audit/a', ['batch_ids']],
      ['b', 'target/audit/b', ['batch_ids']],
    ]);
  });

  it('name the file that is wrong', async () => {
    const files = { 'audits/a.sql': AUDIT, 'audits/b.sql': 'select :batch_id' };
    expect(await refusalOf(await writeFields({ audits: 'audits/*.sql' }, files))).toBe(
      'audits: "./audits/b.sql" names the bind "batch_id"; accepted are :batch_ids',
    );
  });

  it('are refused where the folder has none: somebody believes that they are asked', async () => {
    expect(await refusalOf(await writeFields({ audits: 'audits/*.sql' }, { 'audits/a.txt': AUDIT }))).toBe(
      'audits: "./audits" has no file that ends in .sql',
    );
  });

  it('are refused where the folder is not there', async () => {
    expect(await refusalOf(await writeFields({ audits: 'audits/*.sql' }))).toBe(
      'audits: "./audits" cannot be read: no such file or directory',
    );
  });
});
