import { expect, it } from 'vitest';
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
