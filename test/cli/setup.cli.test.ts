import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { run } from '../support/command-line.js';
import { runHosted } from '../support/hosted-command.js';
import { linesOf, runDocumentOf } from './document.js';
import { withDraws } from '../support/draws.js';
import { fingerprint, useOwnDatabase } from './own-database.js';
import { closedPort } from './ports.js';

const database = useOwnDatabase();
const TABLES = [
  'batch_essay_trackers',
  'slot_assignments',
  'essay_states',
  'event_outbox',
  'run_batches',
  'runs',
];

const newSchema = (): string => `cli ${randomBytes(6).toString('hex')}`;

/** Runs `setup` on the database of these tests. */
function setup(schema: string, ...flags: string[]) {
  return runHosted(database.withSchema(['setup', ...flags], schema), { DATABASE_URL: database.url });
}

async function tablesOf(schema: string): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    'select tablename as name from pg_tables where schemaname = $1 order by 1',
    [schema],
  );
  return rows.map(({ name }) => name);
}

async function trackersIn(schema: string): Promise<number> {
  const table = `${pg.escapeIdentifier(schema)}.batch_essay_trackers`;
  const [row] = await database.query<{ n: number }>(`select count(*)::integer as n from ${table}`);
  return row?.n ?? NaN;
}

function addTracker(schema: string): Promise<unknown> {
  const table = `${pg.escapeIdentifier(schema)}.batch_essay_trackers`;
  return database.query(
    `insert into ${table} (batch_id, expected_count, inventory) values ('mine', 1, 'slots')`,
  );
}

describe('setup', () => {
  it('creates the tables once, keeps them, and empties them with --reset', async () => {
    const schema = newSchema();
    const first = await setup(schema);
    expect(first.stdout).toContain('created');
    expect(first.stdout).toContain(schema);
    expect(await tablesOf(schema)).toEqual([...TABLES].sort());

    await addTracker(schema);
    const kept = await fingerprint(database);
    const second = await setup(schema);
    expect(second.stdout).toContain('was set up already');
    expect(await fingerprint(database)).toEqual(kept);

    const third = await setup(schema, '--reset');
    expect(third.stdout).toContain('emptied');
    expect(await tablesOf(schema)).toEqual([...TABLES].sort());
    expect(await trackersIn(schema)).toBe(0);
    for (const { code, stdout, stderr } of [first, second, third]) {
      expect({ code, stderr, lines: linesOf(stdout).length }).toEqual({ code: 0, stderr: '', lines: 1 });
    }
    const outcomes = [first, second, third].map(({ stdout }) => stdout);
    expect(new Set(outcomes).size).toBe(outcomes.length);
  });

  it('with --reset creates what was never there', async () => {
    const schema = newSchema();
    const { code, stdout } = await setup(schema, '--reset');
    expect(code).toBe(0);
    expect(stdout).toContain('created');
    expect(stdout).not.toContain('emptied');
    expect(await tablesOf(schema)).toHaveLength(TABLES.length);
  });

  it('with --reset drops nothing of somebody else that stands in the schema or depends on it', async () => {
    const schema = newSchema();
    await setup(schema);
    await addTracker(schema);
    const quoted = pg.escapeIdentifier(schema);
    await database.query(`create table ${quoted}.guest as select 1 as precious`);
    expect((await setup(schema, '--reset')).code).toBe(0);
    expect(await tablesOf(schema)).toContain('guest');

    await addTracker(schema);
    await database.query(`create view ${quoted}.view as select * from ${quoted}.batch_essay_trackers`);
    const { code, stderr } = await setup(schema, '--reset');
    expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 2, lines: 1 });
    expect(await trackersIn(schema)).toBe(1);
  });

  it('run by many at once creates once', async () => {
    const schema = newSchema();
    const all = await Promise.all(
      Array.from({ length: 4 }, () => database.execute(['setup', '--schema', schema])),
    );
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const kept = all.filter(({ stdout }) => stdout.includes('was set up already'));
    expect(kept).toHaveLength(all.length - 1);
  });
});

describe('setup --print-sql', () => {
  it('prints a script that makes the same schema, and needs and touches no database', async () => {
    const schema = `Ünusual "${randomBytes(4).toString('hex')}" \\ $1 'name'`;
    const env = { DATABASE_URL: `postgres://me:hush@127.0.0.1:${await closedPort()}/any` };
    const before = await fingerprint(database);
    const { code, stdout, stderr } = await runHosted(
      database.withSchema(['setup', '--print-sql'], schema),
      env,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const reachable = await setup(schema, '--print-sql', '--reset');
    expect(reachable.code).toBe(0);
    expect(await fingerprint(database)).toEqual(before);

    const client = await database.connect();
    await client.query(stdout);
    await client.end();
    const made = (await setup(schema)).stdout;
    expect(made).toContain('was set up already');

    const other = newSchema();
    await setup(other);
    const shape = async (of: string): Promise<unknown[]> =>
      database.query(
        `select table_name, column_name, data_type, is_nullable, column_default is null as bare
         from information_schema.columns where table_schema = $1 order by 1, 2`,
        [of],
      );
    expect(await shape(schema)).toEqual(await shape(other));
    const indexes = async (of: string): Promise<unknown[]> =>
      database.query('select indexname from pg_indexes where schemaname = $1 order by 1', [of]);
    expect(await indexes(schema)).toEqual(await indexes(other));
  });
});

const home = inject('embeddedHome');

describe.runIf(home !== '')('with the embedded server', () => {
  it('setup, run and status meet the same database', () =>
    withDraws(async (draw) => {
      const schema = `cli_${randomBytes(6).toString('hex')}`;
      const env = { ELS_ASSIGN_HOME: home };
      const els = (...args: string[]) => run(database.withSchema(args, schema), env);
      const slots = draw.integer(2, 9);

      expect((await els('setup')).stdout).toContain('(embedded) created');
      const load = ['--scenario', 'batch-completion', '--slots', `${slots}`, '--keep', '--quiet', '--json'];
      const document = runDocumentOf(await els('run', ...load));
      expect(document.environment.embedded).toBe(true);
      const [, batchId = ''] = /batches (\S+) to/.exec(document.runs[0]?.notes.join() ?? '') ?? [];
      const status = await els('status', batchId, '--json');
      expect(JSON.parse(status.stdout)).toMatchObject({ batchId, expected: slots, ready: slots });
      expect((await els('setup')).stdout).toContain('was set up already');

      const client = new pg.Client(inject('databaseUrl'));
      await client.connect();
      const { rows } = await client.query(`select batch_id from ${schema}.batch_essay_trackers`);
      await client.query(`drop schema ${schema} cascade`);
      await client.end();
      expect(rows).toEqual([{ batch_id: batchId }]);
    }));
});
