import pg from 'pg';
import { expect, it } from 'vitest';
import { explainTimeouts } from '#els/database/timeouts.js';
import { useDatabase, withSetting } from '../support/database.js';

const db = useDatabase();

/** What is said of lock_timeout where the server sets 30 ms. */
async function explained(lockTimeoutMs: number): Promise<string[]> {
  const client = new pg.Client(withSetting(db.url, 'lock_timeout=30'));
  await client.connect();
  try {
    return await explainTimeouts(client, { '55P03': 2 }, lockTimeoutMs);
  } finally {
    await client.end();
  }
}

it("names the server's lock_timeout where it is shorter than the tool's own", async () => {
  expect(await explained(31)).toEqual(['55P03 struck 2 times: the server sets lock_timeout to 30 ms']);
});

it.each([0, 20, 30])("does not blame the server where the tool's own of %i ms struck", async (ownMs) => {
  expect(await explained(ownMs)).toEqual([]);
});
