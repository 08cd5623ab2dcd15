import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { setUpInTurn } from '#els/app/set-up-in-turn.js';
import { withConnectionString } from '#els/database/address.js';
import { useDatabase, withSetting } from '../support/database.js';

const db = useDatabase();
const place = (url = db.url) => ({ address: withConnectionString('--database-url', url), schema: db.schema });

it('one set-up after the other, however short the server lets transactions be idle', async () => {
  const impatient = place(withSetting(db.url, 'idle_in_transaction_session_timeout=100'));
  const order: string[] = [];
  const setUp = (name: string) => async () => {
    order.push(`${name} begins`);
    await sleep(400);
    order.push(`${name} ends`);
  };
  await Promise.all(['one', 'two', 'three'].map((name) => setUpInTurn(impatient, setUp(name))));
  expect(order.map((line) => line.split(' ')[1])).toEqual(Array(3).fill(['begins', 'ends']).flat());
});

it('stops waiting when the command is stopped', async () => {
  const stop = new AbortController();
  let end: () => void = () => undefined;
  const first = setUpInTurn(place(), () => new Promise<void>((resolve) => (end = resolve)));
  await sleep(300);
  const second = setUpInTurn(place(), () => Promise.resolve(), stop.signal);
  stop.abort('SIGINT');
  await expect(second).rejects.toBe('SIGINT');
  end();
  await first;
});
