import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { withDatabase } from '#els/app/database.js';
import { withClient } from '#els/database/on-pool.js';
import { loadStatement, readSql } from '#els/database/statement.js';
import { targetJsonSchema } from '#els/targets/sql/file.js';
import { DESCRIPTION, describeFresh } from './describe.js';
import { generateSchema, PUBLISHED, PUBLISHED_TARGET } from './generate.js';

writeFileSync(PUBLISHED, generateSchema());
writeFileSync(PUBLISHED_TARGET, `${JSON.stringify(targetJsonSchema(), null, 2)}\n`);

// On the embedded server, or on the one that DATABASE_URL names, where nothing is left of it.
const schema = `describe_${randomBytes(6).toString('hex')}`;
const description = await withDatabase({ schema, env: process.env }, ({ pool }) =>
  withClient(pool, async (client) => {
    await client.query('begin');
    await client.query(loadStatement('database/create-schema', { schema }).text);
    await client.query(`set local search_path to ${pg.escapeIdentifier(schema)}`);
    await client.query(readSql('schema'));
    const described = await describeFresh(client, schema);
    await client.query('rollback');
    return described;
  }),
);
writeFileSync(DESCRIPTION, description);
