import { expect, it, vi } from 'vitest';
import { CompletionChecks, type LookResult } from '#els/targets/els/engine/completion-checks.js';

it('looks again for what was requested while a look on the batch waited, before it is settled', async () => {
  let asked = 0;
  let endWait: (found: LookResult) => void = () => undefined;
  const checks = new CompletionChecks({
    together: (batchIds) => {
      asked += 1;
      const found = asked === 1 ? ('busy' as const) : ('open' as const);
      return Promise.resolve(batchIds.map((batchId) => [batchId, found]));
    },
    waiting: () => new Promise((resolve) => (endWait = resolve)),
  });
  checks.request('batch', 0, true);
  const first = checks.settle();
  await new Promise((resolve) => setTimeout(resolve, 5));
  checks.request('batch', performance.now(), false);
  const second = checks.settle();
  endWait('open');
  await Promise.all([first, second]);
  expect(asked).toBe(2);
  checks.stop();
});

it('tells that its look failed though another one for the batch has begun', async () => {
  let asked = 0;
  let looksDone = 0;
  const checks = new CompletionChecks({
    together: async (batchIds) => {
      asked += 1;
      // Longer than the timer, so that it is in line behind the look that fails.
      await new Promise((resolve) => setTimeout(resolve, 60));
      if (asked < 3) throw new Error('cancelled');
      looksDone += 1;
      return batchIds.map((batchId) => [batchId, 'completed' as const]);
    },
    waiting: () => Promise.resolve('completed'),
  });
  checks.request('batch', 0, true);
  // The timer's look is the first.
  await new Promise((resolve) => setTimeout(resolve, 40));
  await expect(checks.settle()).rejects.toThrow('cancelled');
  await checks.settle();
  expect(looksDone).toBe(1);
  checks.stop();
});

it('owes nothing more of a batch that is gone', async () => {
  let asked = 0;
  const debts = new CompletionChecks({
    together: () => {
      asked += 1;
      return Promise.resolve([]);
    },
    waiting: () => Promise.reject(new Error('not asked for')),
  });
  debts.request('gone', 0, false);
  await debts.settle();
  expect(asked).toBe(1);
  debts.request('gone', 0, false);
  await debts.settle();
  expect(asked).toBe(2);
  debts.stop();
});

/** A look that was asked for, and is answered by the test. */
interface Asked<Answer> {
  readonly batchIds: readonly string[];
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

it('is not settled while another payment is under way that took a debt which it found busy', async () => {
  const together: Asked<readonly (readonly [string, LookResult | 'busy'])[]>[] = [];
  const waiting: Asked<LookResult>[] = [];
  const debts = new CompletionChecks({
    together: (batchIds) =>
      new Promise((answer, fail) => together.push({ batchIds: [...batchIds], answer, fail })),
    waiting: (batchId) => new Promise((answer, fail) => waiting.push({ batchIds: [batchId], answer, fail })),
  });
  const asked = (count: number) => vi.waitFor(() => expect(together).toHaveLength(count), { interval: 1 });

  debts.request('b', 0, false);
  await asked(1); // by the timer
  debts.request('b', performance.now(), false);
  debts.request('a', performance.now(), false);
  let isSettled = false;
  const settled = debts.settle().then(() => (isSettled = true));
  together[0]?.answer([['b', 'busy']]);
  await asked(2); // by settle(), which leaves the busy one out
  waiting[0]?.answer('open');
  // Longer than the timer, whose payment is in line then.
  await new Promise((resolve) => setTimeout(resolve, 60));
  together[1]?.answer([['a', 'open']]);
  await asked(3);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSettled).toBe(false);
  together[2]?.fail(new Error('cancelled'));
  await asked(4);
  together[3]?.answer([['b', 'completed']]);
  await settled;
  expect(together.map(({ batchIds }) => batchIds)).toEqual([['b'], ['a'], ['b'], ['b']]);
  debts.stop();
});
