import { expect, it } from 'vitest';
import { Pauses } from '#els/targets/els/migrate/process/pauses.js';

const marked = { batchId: 'one', step: 'marked' } as const;
const switched = { batchId: 'one', step: 'switched' } as const;

it('counts from the first mark where the next process finds the batch marked', () => {
  const pauses = new Pauses();
  pauses.hear(marked, 10);
  pauses.hearFound(['one'], 13);
  pauses.hear(marked, 300);
  pauses.hear(switched, 302);
  expect(pauses.longestMs).toBe(292);
});

it('counts nothing of the time in which the batch was put back', () => {
  const pauses = new Pauses();
  pauses.hear(marked, 10);
  pauses.hearFound([], 15);
  pauses.hear(marked, 300);
  pauses.hear(switched, 302);
  expect(pauses.longestMs).toBe(5);
});

it('counts from the death of a process that had not told its mark', () => {
  const pauses = new Pauses();
  pauses.hearFound(['one'], 100);
  pauses.hear(marked, 300);
  pauses.hear(switched, 302);
  expect(pauses.longestMs).toBe(202);
});

it('takes a pause from the process that measured it', () => {
  const pauses = new Pauses();
  pauses.hear(marked, 10);
  const ended = { outcome: 'put_back', copied: 0, disagreements: [] } as const;
  pauses.hearEnd([{ batchId: 'one', pauseMs: 7, ...ended }]);
  pauses.hearFound([], 400);
  expect(pauses.longestMs).toBe(7);
});
