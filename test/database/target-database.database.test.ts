import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, expect, inject, it } from 'vitest';
import { createDatabase } from '#els/database/target-database.js';
import { withServer } from '../support/database.js';

const name = `target_test_${randomBytes(6).toString('hex')}`;
afterAll(() => withServer((server) => server.query(`drop database if exists ${name} with (force)`)));

it('is made by many commands at once, and searched in public', async () => {
  await Promise.all(Array.from({ length: 8 }, () => withServer((server) => createDatabase(server, name))));
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  const client = new pg.Client(url.href);
  await client.connect();
  const { rows } = await client.query<{ search_path: string }>('show search_path');
  await client.end();
  expect(rows).toEqual([{ search_path: 'public' }]);
});
