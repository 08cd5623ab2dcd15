import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { ScheduledClient } from '#els/prove/scheduled-client.js';
import { useDatabase } from '../support/database.js';

const db = useDatabase();

it('lends its connection to one at a time: the timer of an engine waits for the call under way', async () => {
  const client = await db.pool.connect();
  onTestFinished(() => client.release());
  const pool = new ScheduledClient(client, { independent: [], whole: [], looks: [] }).asPool();
  const call = await pool.connect();
  let timerHasIt = false;
  const timer = pool.connect().then((lent) => {
    timerHasIt = true;
    return lent;
  });
  await sleep(20);
  expect(timerHasIt).toBe(false);
  call.release();
  expect(await timer).toBe(call);
});
