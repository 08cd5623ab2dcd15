import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  findStatementStatistics,
  readStatementTotals,
  workBetween,
  type StatementTotals,
} from '#els/database/statement-statistics.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { withServer } from '../support/database.js';

const database = useOwnDatabase();
const ROLE = `reader_${randomBytes(6).toString('hex')}`;
const SCHEMA = 'Their "statistics"';

const TOTALS: StatementTotals = {
  ...{ calls: 10, buffersHit: 100, buffersDirtied: 5, executionMicros: 1_000.5 },
  epoch: '0 evictions since then',
};

/** The embedded server loads the library; another may have, or not. */
const isLoaded = await withServer(async (server) => {
  const { rows } = await server.query<{ libraries: string }>(
    `select current_setting('shared_preload_libraries') as libraries`,
  );
  return rows.some(({ libraries }) => libraries.includes('pg_stat_statements'));
});

let client: pg.Client;
beforeAll(async () => {
  client = await database.connect();
  await client.query(`create role ${ROLE}`);
});
afterAll(async () => {
  await client.query(`reset role; drop owned by ${ROLE}; drop role ${ROLE}`);
  await client.end();
});

/** More statements of different shapes than pg_stat_statements.max, 5,000. */
async function manyStatements(): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select format_type(oid, null) as name from pg_type where typtype = 'b' and typelem = 0 order by oid limit 18`,
  );
  const nulls = rows.map(({ name }) => `null::${name}`);
  const statements = nulls.flatMap((a) => nulls.flatMap((b) => nulls.map((c) => `select ${a}, ${b}, ${c}`)));
  return statements.join(';');
}

async function read(by = client): Promise<StatementTotals | undefined> {
  const statement = await findStatementStatistics(by);
  return statement && readStatementTotals(by, statement);
}

/** What was counted while `work` ran, and by nothing but `work`. */
async function callsOf(work: () => Promise<unknown>): Promise<number> {
  const statement = await findStatementStatistics(client);
  if (statement === undefined) throw new Error('no pg_stat_statements');
  const before = await readStatementTotals(client, statement);
  await work();
  const after = await readStatementTotals(client, statement);
  return (after?.calls ?? NaN) - (before?.calls ?? NaN);
}

const createIn = (schema: string) =>
  database.query(
    `create schema if not exists ${schema}; create extension pg_stat_statements schema ${schema}`,
  );

it('is not there where nobody created it', async () => {
  expect(await findStatementStatistics(client)).toBeUndefined();
});

describe.runIf(isLoaded)('pg_stat_statements on a server that loads it', () => {
  beforeAll(() => createIn(pg.escapeIdentifier(SCHEMA)));

  it('is found in whatever schema it is', async () => {
    expect((await read())?.calls).toBeGreaterThan(0);
  });

  it('does not count the reading itself', async () => {
    expect(await callsOf(() => Promise.resolve())).toBe(0);
  });

  it('has counted what a client was answered: plain, prepared, in a transaction, from another session', async () => {
    const other = await database.connect();
    const calls = await callsOf(async () => {
      await other.query('select 1');
      await other.query({ name: 'one', text: 'select $1::int', values: [1] });
      await other.query({ name: 'one', text: 'select $1::int', values: [1] });
      await other.query('begin');
      await other.query('create temp table written as select 1 as one');
      await other.query('commit');
    });
    await other.end();
    expect(calls).toBe(6);
  });

  it('counts a statement once, whatever its functions run', async () => {
    await client.query(`set pg_stat_statements.track = 'all'`);
    const calls = await callsOf(() => client.query(`do 'begin perform 1; perform 2; end'`));
    await client.query('reset pg_stat_statements.track');
    expect(calls).toBe(1);
  });

  it('leaves out other databases and other roles', async () => {
    const elsewhere = new pg.Client({ connectionString: inject('databaseUrl') });
    await elsewhere.connect();
    const other = await database.connect();
    await other.query(`set role ${ROLE}`);
    const calls = await callsOf(async () => {
      await elsewhere.query('select 1');
      await other.query('select 1');
    });
    await elsewhere.end();
    await other.end();
    expect(calls).toBe(0);
  });

  it('cannot be read by a role that may not use the schema', async () => {
    await client.query(`set role ${ROLE}`);
    expect(await read()).toBeUndefined();
    await client.query(`reset role; grant usage on schema ${pg.escapeIdentifier(SCHEMA)} to ${ROLE}`);
    await client.query(`set role ${ROLE}`);
    expect(await read()).toBeDefined();
    await client.query('reset role');
  });

  it('says nothing of a load during which counters were evicted', async () => {
    const before = await read();
    await client.query(await manyStatements());
    const after = await read();
    expect(after?.calls).toBeGreaterThan(0);
    expect(workBetween(before, after)).toBeUndefined();
  });

  it('says nothing of a load during which counters were reset', async () => {
    const before = await read();
    await client.query(`select ${pg.escapeIdentifier(SCHEMA)}.pg_stat_statements_reset()`);
    await client.query('select 1');
    expect(workBetween({ ...TOTALS, calls: 0, epoch: before?.epoch ?? '' }, await read())).toBeUndefined();
  });
});

describe.skipIf(isLoaded)('pg_stat_statements on a server that does not load it', () => {
  beforeAll(() => createIn(pg.escapeIdentifier(SCHEMA)));

  it('cannot be read', async () => {
    expect(await findStatementStatistics(client)).toBeDefined();
    expect(await read()).toBeUndefined();
  });
});

describe('workBetween', () => {
  const later = { ...TOTALS, calls: 12, buffersHit: 150, buffersDirtied: 7, executionMicros: 1_500.75 };

  it('is the difference of two readings', () => {
    const work = { buffersHit: 50, buffersDirtied: 2, executionMicros: 500.25 };
    expect(workBetween(TOTALS, later)).toEqual(work);
  });

  it.each([
    ['there was no reading before', undefined, later],
    ['there was no reading after', TOTALS, undefined],
    ['counters were thrown away', TOTALS, { ...later, epoch: '1 evictions since then' }],
    ['no statement was counted', TOTALS, { ...later, calls: TOTALS.calls }],
  ])('is unknown where %s', (_, before, after) => {
    expect(workBetween(before, after)).toBeUndefined();
  });
});
