// In a suite of vitest: npx vitest run
import { assertValid, runTarget } from 'els-assign';
import { expect, test } from 'vitest';

const seats = new URL('../seats/seats.target.ts', import.meta.url);

test('no seat is given twice, and nobody is told too early that an event is full', async () => {
  const result = await runTarget(seats, { scenario: 'overflow', slots: 20, contents: 40 });
  expect(result.verdict, result.text).toBe('valid');
}, 60_000);

test('a customer whose request is repeated keeps one seat, also when an instance is killed', async () => {
  const options = { scenario: 'sustained', duration: '1s', faults: ['kill-worker@400ms'] };
  assertValid(await runTarget(seats, options));
}, 60_000);
