import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepare } from '#els/database/session.js';
import { bindValues, loadStatement, OID, readSql, toStatement } from '#els/database/statement.js';
import { useDatabase } from '../support/database.js';

const db = useDatabase();
const SQL_FOLDER = fileURLToPath(new URL('../../sql/', import.meta.url));

/** Scripts of several statements: they are run whole, never prepared. */
const SCRIPTS = ['schema', 'database/drop-objects'];

const FILES = readdirSync(SQL_FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.replace(/\.sql$/, ''))
  .sort();

describe('every file of sql/', () => {
  beforeAll(() => db.query(readSql('database/create-statement-statistics')));

  it('is there', () => {
    expect(FILES).toEqual(expect.arrayContaining(['schema', 'strategies/cte', 'completion/look']));
  });

  it.each(FILES)('%s says in its first lines what it is for', (name) => {
    expect(readSql(name)).toMatch(/^-- /);
  });

  it.each(FILES.filter((name) => !SCRIPTS.includes(name)))('%s prepares on the server', async (name) => {
    const statement = loadStatement(name, {
      schema: 'any "schema"',
      statistics_schema: 'public',
      role: 'any "role"',
      table: 'essay_states',
      database: 'any "database"',
    });
    expect(Buffer.byteLength(statement.name)).toBeLessThanOrEqual(63);
    const client = await db.pool.connect();
    try {
      await prepare(client, [statement]);
      const prepared = await client.query<{ parameters: number }>(
        'select cardinality(parameter_types) as parameters from pg_prepared_statements where name = $1',
        [name],
      );
      expect(prepared.rows).toEqual([{ parameters: statement.binds.length }]);
    } finally {
      client.release(true);
    }
  });
});

describe('toStatement', () => {
  it('numbers each bind once, in the order of its first use', () => {
    const types = { timeline: OID.jsonb, batch_id: OID.text };
    const sql = 'select :b::text, :timeline, :b, :batch_id';
    const { text, binds, parameterTypes } = toStatement('name', sql, {}, types);
    expect(text).toBe('select $1::text, $2, $1, $3');
    expect(binds).toEqual(['b', 'timeline', 'batch_id']);
    // Types of PostgreSQL's catalogue: unknown, jsonb, text.
    expect(parameterTypes).toEqual([0, 3802, 25]);
  });

  it('quotes identifiers, whatever they contain', async () => {
    const given = 'odd " name; --';
    const { text } = toStatement('name', 'select 1 as :"column"', { column: given });
    const { fields } = await db.pool.query(text);
    expect(fields[0]?.name).toBe(given);
  });

  it('refuses an identifier that was not given', () => {
    expect(() => toStatement('name', 'create schema :"schema"')).toThrow('schema');
  });
});

describe('bindValues', () => {
  const statement = toStatement('name', 'select :b, :a');

  it('puts values in the order of the parameters', () => {
    expect(bindValues(statement, { a: '1', b: null, c: '3' })).toEqual([null, '1']);
  });

  it('refuses a bind without a value', () => {
    expect(() => bindValues(statement, { a: '1' })).toThrow(':b');
  });
});
