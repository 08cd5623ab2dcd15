// In a suite of Node's own runner: node --test
import assert from 'node:assert';
import { test } from 'node:test';
import { assertValid, checkHistory, runTarget } from 'els-assign';

const seats = new URL('../seats/seats.target.ts', import.meta.url);

test('no seat is given twice', async () => {
  assertValid(await runTarget(seats, { scenario: 'overflow', slots: 20, contents: 40 }));
});

test('a history that was recorded elsewhere is judged by itself', () => {
  const call = (contentId, startMicros, endMicros) => ({
    ...{ batchId: 'event', contentId, startMicros, endMicros },
    ...{ outcome: 'created', slotId: 'A1' },
  });
  const { verdict, notes } = checkHistory([call('ann', 0, 10), call('bob', 5, 20)], { slots: 2 });
  assert.equal(verdict, 'invalid');
  assert.match(notes.join(), /one-content-per-slot/);
});
