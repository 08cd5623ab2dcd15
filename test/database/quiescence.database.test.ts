import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, it } from 'vitest';
import { awaitQuiescence } from '#els/database/quiescence.js';
import { useDatabase } from '../support/database.js';

const db = useDatabase();

const HOUR_MS = 3_600_000;

it('ends what is left of a run at its deadline, though the wall clock was put back', async () => {
  const run = `els-assign r${randomBytes(5).toString('hex')}`;
  const left = new pg.Client({ connectionString: db.url, application_name: `${run}/1` });
  await left.connect();
  const ended = new Promise((resolve) => left.on('error', resolve));
  const now = Date.now;
  const client = await db.pool.connect();
  try {
    let reads = 0;
    Date.now = () => (reads++ === 0 ? now() : now() - HOUR_MS);
    expect(await awaitQuiescence(client, { applicationName: `${run}/`, pooled: false }, 100)).toBe(1);
    expect(await ended).toMatchObject({ code: '57P01' });
  } finally {
    Date.now = now;
    client.release();
  }
});
