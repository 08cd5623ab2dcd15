import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { setupSchema, type SetupOutcome } from '#els/database/schema.js';
import type { TestDatabase } from '../support/database.js';

/** A name for one more schema, and its way to SQL. */
export function newSchema(): { name: string; quoted: string } {
  const name = `extra "${randomBytes(5).toString('hex')}`;
  return { name, quoted: pg.escapeIdentifier(name) };
}

/** Sets a schema up in a transaction, as the command does. */
export async function setUp(db: TestDatabase, schema: string, reset = false): Promise<SetupOutcome> {
  const client = await db.pool.connect();
  try {
    await client.query('begin');
    await client.query(`set local search_path to ${pg.escapeIdentifier(schema)}`);
    const outcome = await setupSchema(client, schema, { reset });
    await client.query('commit');
    return outcome;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** Every object of a schema with its identity: equal lists mean that nothing was dropped or made anew. */
export async function objectsIn(db: TestDatabase, schema: string): Promise<string[]> {
  const rows = await db.query<{ object: string }>(
    `select c.relkind::text || ' ' || c.relname || ' ' || c.oid as object from pg_class c
     where c.relnamespace = to_regnamespace(quote_ident($1))
     union all
     select 'type ' || t.typname || ' ' || t.oid from pg_type t
     where t.typnamespace = to_regnamespace(quote_ident($1)) and t.typtype = 'e'
     order by 1`,
    [schema],
  );
  return rows.map(({ object }) => object);
}
