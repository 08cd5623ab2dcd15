import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { requireNoDrift } from '#els/database/drift.js';
import { useDatabase, type TestDatabase } from '../support/database.js';
import { DESCRIPTION, describeFresh } from '../schema/describe.js';
import { newSchema, setUp } from './schemas.js';

const db = useDatabase();
const made: string[] = [];
afterAll(async () => {
  for (const quoted of made) await db.query(`drop schema if exists ${quoted} cascade`);
});

/** A schema of its own with a batch of one slot; `change` runs with it as the search_path. */
async function schemaWith(change: string): Promise<string> {
  const { name, quoted } = newSchema();
  made.push(quoted);
  await setUp(db, name);
  await inSchema(name, async (client) => {
    await client.query(
      `insert into batch_essay_trackers (batch_id, expected_count, inventory) values ('b', 2, 'slots');
       insert into slot_assignments (batch_tracker_id, internal_essay_id) select id, 'e' from batch_essay_trackers;
       insert into essay_states (essay_id, batch_id) values ('e', 'b')`,
    );
    await client.query(change);
  });
  return name;
}

async function inSchema<T>(schema: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  return inTransaction(db, async (client) => {
    await client.query(`set local search_path to ${pg.escapeIdentifier(schema)}`);
    return work(client);
  });
}

async function inTransaction<T>(
  { pool }: TestDatabase,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const check = (schema: string, need: 'all' | 'columns' = 'all') =>
  inSchema(schema, (client) => requireNoDrift(client, schema, need));
const describeIt = (schema: string) => inSchema(schema, (client) => describeFresh(client, schema));
const asExpected = readFileSync(DESCRIPTION, 'utf8');
const sorted = (text: string): unknown[] =>
  (JSON.parse(text) as object[]).map((part) => JSON.stringify(part)).sort();

/** Two rows that a unique index would refuse, and the index gone. */
const DUPLICATES = `
  drop index slot_assignments_content;
  insert into slot_assignments (batch_tracker_id, internal_essay_id) select id, 'e2' from batch_essay_trackers;
  update slot_assignments set text_storage_id = 'c'`;

const MENDABLE = [
  [
    'a dropped index',
    'drop index essay_states_available',
    'index essay_states_available of essay_states is missing',
  ],
  [
    'a dropped unique index',
    'drop index essay_states_content',
    'index essay_states_content of essay_states is missing',
  ],
  [
    'an index of another definition',
    'drop index essay_states_available; create index essay_states_available on essay_states (essay_id)',
    'index essay_states_available of essay_states is CREATE INDEX',
  ],
  [
    'a dropped unique constraint',
    'alter table slot_assignments drop constraint slot_assignments_batch_tracker_id_internal_essay_id_key',
    'constraint slot_assignments_batch_tracker_id_internal_essay_id_key of slot_assignments is missing',
  ],
  [
    'a dropped primary key',
    'alter table essay_states drop constraint essay_states_pkey',
    'constraint essay_states_pkey of essay_states is missing',
  ],
  [
    'a dropped foreign key',
    'alter table slot_assignments drop constraint slot_assignments_batch_tracker_id_fkey',
    'slot_assignments_batch_tracker_id_fkey of slot_assignments is missing; accepted: FOREIGN KEY',
  ],
  [
    'a check that is not validated',
    `alter table slot_assignments drop constraint slot_assignments_status_check;
     alter table slot_assignments add constraint slot_assignments_status_check check (status <> '') not valid`,
    'constraint slot_assignments_status_check of slot_assignments is CHECK',
  ],
  [
    'a dropped column that may be null, where there are no rows',
    'delete from event_outbox; alter table event_outbox drop column published_at',
    'event_outbox.published_at is missing',
  ],
  [
    'a dropped column with a default, where there are no rows',
    'delete from event_outbox; alter table event_outbox drop column created_at',
    'event_outbox.created_at is missing',
  ],
  [
    'a dropped default',
    'alter table essay_states alter column version drop default',
    'default of column essay_states.version is missing',
  ],
  [
    'another default',
    'alter table essay_states alter column version set default 7',
    'default of column essay_states.version is default 7',
  ],
  [
    'a dropped NOT NULL',
    'alter table essay_states alter column batch_id drop not null',
    'NOT NULL of column essay_states.batch_id is missing',
  ],
  [
    'a dropped identity',
    'alter table slot_assignments alter column id drop identity',
    'default of column slot_assignments.id is missing',
  ],
  ['a dropped table', 'drop table event_outbox', 'table event_outbox is missing'],
] as const;

const NOT_MENDABLE = [
  [
    'a column of another type',
    'alter table slot_assignments alter column original_file_name type varchar(20)',
    'column slot_assignments.original_file_name is character varying(20); accepted: text',
  ],
  [
    'a unique index that duplicate rows forbid',
    DUPLICATES,
    'index slot_assignments_content of slot_assignments is missing; accepted: CREATE UNIQUE INDEX',
  ],
  [
    'a dropped column with a default, where there are rows: it would say of taken slots that they are free',
    'alter table slot_assignments drop column status',
    'column slot_assignments.status is missing',
  ],
  [
    'a dropped column that may be null, where there are rows: its contents would be given other slots',
    'alter table essay_states drop column text_storage_id',
    'column essay_states.text_storage_id is missing',
  ],
  [
    'a dropped column without a default, where there are rows',
    'alter table essay_states drop column batch_id',
    'column essay_states.batch_id is missing; accepted: text',
  ],
  [
    'a dropped identity column, where there are rows',
    'alter table batch_essay_trackers drop column id cascade',
    'column batch_essay_trackers.id is missing; accepted: bigint',
  ],
  [
    'an unlogged table',
    'alter table event_outbox set unlogged',
    'table event_outbox is unlogged table; accepted: table',
  ],
  [
    'another label of the enum',
    `alter type essay_status_enum add value 'lost'`,
    `type essay_status_enum is enum ('uploaded', 'ready_for_processing', 'lost')`,
  ],
  [
    'row security',
    'alter table essay_states enable row level security',
    'table essay_states is table with row security',
  ],
  [
    'a foreign column that must have a value',
    'alter table event_outbox add column theirs text not null',
    "column event_outbox.theirs is not the tool's",
  ],
  [
    'a foreign unique index',
    'create unique index theirs on event_outbox (aggregate_id)',
    "index theirs of event_outbox is not the tool's",
  ],
  [
    'a foreign check',
    'alter table event_outbox add constraint theirs check (length(topic) < 3) not valid',
    "constraint theirs of event_outbox is not the tool's",
  ],
  [
    'a foreign NOT NULL',
    'alter table event_outbox alter column published_at set not null',
    "NOT NULL of column event_outbox.published_at is not the tool's",
  ],
  [
    'a trigger',
    `create function nothing() returns trigger language plpgsql as 'begin return null; end';
     create trigger theirs before insert on event_outbox for each row execute function nothing()`,
    "trigger theirs of event_outbox is not the tool's",
  ],
  [
    'a rule',
    'create rule theirs as on delete to event_outbox do instead nothing',
    "rule theirs of event_outbox is not the tool's",
  ],
] as const;

const HARMLESS = [
  ['an index', 'create index theirs on event_outbox (topic)'],
  ['a column that may be null', 'alter table event_outbox add column theirs text'],
  ['a column with a default', `alter table event_outbox add column theirs text not null default ''`],
  ['an identity', 'alter table essay_states add column theirs bigint generated always as identity'],
  [
    'a table with all that it may have',
    'create table theirs (id bigint primary key, name text not null unique)',
  ],
  ['an enum', `create type theirs as enum ('one')`],
  [
    'another order of columns',
    'alter table batch_essay_trackers drop column low_water; ' +
      'alter table batch_essay_trackers add column low_water text collate "C" not null default \'\'',
  ],
] as const;

describe('sql/schema.json', () => {
  it('describes what sql/schema.sql creates on this server: `npm run schema` writes it', async () => {
    expect(await describeIt(db.schema)).toBe(asExpected);
  });
});

describe('drift', () => {
  it.each(MENDABLE)('%s is named, and mended without losing a row', async (_, change, line) => {
    const schema = await schemaWith(change);
    await expect(check(schema)).rejects.toMatchObject({ name: 'UsageError', code: 'schema_drift' });
    await expect(check(schema)).rejects.toThrow(line);
    await expect(check(schema)).rejects.toThrow('els-assign setup');
    expect(await setUp(db, schema)).toBe('mended');
    await check(schema);
    expect(sorted(await describeIt(schema))).toEqual(sorted(asExpected));
    const { rows } = await inSchema(schema, (client) => client.query('select essay_id from essay_states'));
    expect(rows).toEqual([{ essay_id: 'e' }]);
    expect(await setUp(db, schema)).toBe('kept');
  });

  it.each(NOT_MENDABLE)('%s is named, by setup too, which changes nothing', async (_, change, line) => {
    const schema = await schemaWith(change);
    const before = await describeIt(schema);
    await expect(check(schema)).rejects.toThrow(line);
    await expect(setUp(db, schema)).rejects.toThrow(line);
    expect(await describeIt(schema)).toBe(before);
  });

  it.each(HARMLESS)('does not mind %s of the user', async (_, change) => {
    const schema = await schemaWith(change);
    await check(schema);
    expect(await setUp(db, schema)).toBe('kept');
  });

  it('sees an index that a failed build left invalid, and builds it', async () => {
    const schema = await schemaWith(DUPLICATES);
    const quoted = pg.escapeIdentifier(schema);
    const build = db.query(
      `create unique index concurrently slot_assignments_content on ${quoted}.slot_assignments
       (batch_tracker_id, text_storage_id) where text_storage_id is not null`,
    );
    await expect(build).rejects.toThrow('could not create unique index');
    await expect(check(schema)).rejects.toThrow('(invalid); accepted: CREATE UNIQUE INDEX');
    await expect(setUp(db, schema)).rejects.toThrow('could not create unique index');
    await db.query(`update ${quoted}.slot_assignments set text_storage_id = internal_essay_id`);
    expect(await setUp(db, schema)).toBe('mended');
    await check(schema);
  });

  it('gives rows numbers behind those that were given, once an identity is back', async () => {
    const schema = await schemaWith('alter table batch_essay_trackers alter column id drop identity');
    await setUp(db, schema);
    const rows = await inSchema(schema, async (client) => {
      await client.query(
        `insert into batch_essay_trackers (batch_id, expected_count, inventory) values ('b2', 1, 'slots')`,
      );
      return (await client.query<{ id: string }>(`select id from batch_essay_trackers order by id`)).rows;
    });
    expect(rows).toEqual([{ id: '1' }, { id: '2' }]);
  });

  it('creates a dropped table of a dropped type with all its parts, and says one line of each', async () => {
    const schema = await schemaWith('drop table essay_states; drop type essay_status_enum');
    const refusal = {
      below: ['type essay_status_enum', 'table essay_states'].map(
        (what) => expect.stringContaining(what) as string,
      ),
    };
    await expect(check(schema)).rejects.toMatchObject(refusal);
    expect(await setUp(db, schema)).toBe('mended');
    expect(sorted(await describeIt(schema))).toEqual(sorted(asExpected));
  });

  it('names no more differences than can be read', async () => {
    const columns = Array.from({ length: 30 }, (_, at) => `add column theirs_${at} text not null`);
    const schema = await schemaWith(`alter table event_outbox ${columns.join(', ')}`);
    await expect(check(schema)).rejects.toMatchObject({
      message: expect.stringContaining('30 differences') as string,
      below: expect.arrayContaining(['  … and 20 more']) as string[],
    });
  });

  it('keeps a name with control characters from the terminal', async () => {
    const schema = await schemaWith('create unique index "red \u001b[31m" on event_outbox (topic)');
    await expect(check(schema)).rejects.toMatchObject({
      below: [expect.not.stringContaining('\u001b') as string],
    });
  });

  it('minds of a schema that is only read what is read of it', async () => {
    const read = (schema: string) => check(schema, 'columns');
    await read(await schemaWith('drop index essay_states_available'));
    await read(await schemaWith('create unique index theirs on event_outbox (topic)'));
    await expect(read(await schemaWith('drop table event_outbox'))).rejects.toThrow(
      'event_outbox is missing',
    );
    const dropped = schemaWith('alter table essay_states drop column text_storage_id');
    await expect(read(await dropped)).rejects.toThrow('text_storage_id is missing');
  });

  it('is seen by a role that may do no more than read', async () => {
    const role = `reader_${newSchema().name.replace(/\W/g, '')}`;
    const schema = await schemaWith('drop index essay_states_available');
    const quoted = pg.escapeIdentifier(schema);
    await db.query(`create role ${role}`);
    try {
      await db.query(`grant usage on schema ${quoted} to ${role}`);
      const asReader = inSchema(schema, async (client) => {
        await client.query(`set local role ${role}`);
        await client.query('set transaction read only');
        await requireNoDrift(client, schema, 'all');
      });
      await expect(asReader).rejects.toThrow('essay_states_available of essay_states is missing');
    } finally {
      await db.query(`revoke usage on schema ${quoted} from ${role}`);
      await db.query(`drop role ${role}`);
    }
  });
});
