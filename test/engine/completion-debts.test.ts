import { expect, it } from 'vitest';
import { CompletionDebts, type LookResult } from '#els/targets/els/engine/completion-debts.js';

it('pays what a batch incurs while a look on it waits, before it is settled', async () => {
  let asked = 0;
  let endWait: (found: LookResult) => void = () => undefined;
  const debts = new CompletionDebts({
    together: (batchIds) => {
      asked += 1;
      const found = asked === 1 ? ('busy' as const) : ('open' as const);
      return Promise.resolve(batchIds.map((batchId) => [batchId, found]));
    },
    waiting: () => new Promise((resolve) => (endWait = resolve)),
  });
  debts.owe('batch', 0, true);
  const first = debts.settle();
  await new Promise((resolve) => setTimeout(resolve, 5));
  debts.owe('batch', performance.now(), false);
  const second = debts.settle();
  endWait('open');
  await Promise.all([first, second]);
  expect(asked).toBe(2);
  debts.stop();
});

it('tells that its look failed though another payment of the debt has begun', async () => {
  let asked = 0;
  let looksDone = 0;
  const debts = new CompletionDebts({
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
  debts.owe('batch', 0, true);
  // The timer pays first.
  await new Promise((resolve) => setTimeout(resolve, 40));
  await expect(debts.settle()).rejects.toThrow('cancelled');
  await debts.settle();
  expect(looksDone).toBe(1);
  debts.stop();
});
