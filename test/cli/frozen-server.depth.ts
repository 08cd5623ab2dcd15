import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { start } from '../support/command-line.js';
import { OWNER, startOwnServer, type OwnServer } from '../support/own-server.js';
import { until } from './signalled.js';

const PASSWORD = 'own';
let server: OwnServer;
let url = '';

beforeAll(async () => {
  server = await startOwnServer(PASSWORD, ['host all all samehost scram-sha-256']);
  url = `postgres://${OWNER}:${PASSWORD}@127.0.0.1:${server.port}/postgres?sslmode=disable`;
});
afterAll(() => server.stop());

async function isUnderWay(): Promise<boolean> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const sql = `select 1 from els_assign.essay_states where text_storage_id not like '%warm-up%' limit 1`;
    return (await client.query(sql)).rows.length > 0;
  } finally {
    await client.end();
  }
}

interface Document {
  readonly runs: readonly { readonly outcomes: { readonly created: number } }[];
}

it('a server that freezes in mid-run holds nothing up for ever', { timeout: 240_000 }, async () => {
  const load = ['--scenario', 'sustained', '--duration', '4s', '--timeout', '500ms', '--workers', '2'];
  const command = start(['run', '--json', '--strategy', 'cte', ...load], {
    DATABASE_URL: `${url}&connect_timeout=2`,
  });
  await until(isUnderWay, 'the run was under way');
  const thaw = server.freeze();
  try {
    const { code, stdout, stderr } = await command.finished;
    expect(code, stderr).toBe(3);
    const { runs } = JSON.parse(stdout) as Document;
    expect(runs).toMatchObject([{ complete: false, verdict: 'unknown', batchTotals: null }]);
    expect(runs[0]?.outcomes.created).toBeGreaterThan(0);
  } finally {
    thaw();
  }
});
