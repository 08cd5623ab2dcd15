import { expect, it } from 'vitest';
import { checkCapabilities, type Wanted } from '#els/app/check-capabilities.js';
import { resolveScenario } from '#els/scenario/overrides.js';
import { elsTarget } from '#els/targets/els/target.js';
import { usageErrorOf } from '../scenario/usage-error.js';

const builtIn = (name: 'legacy' | 'cte', advisoryLocks: boolean) =>
  elsTarget({ strategy: { kind: 'built-in', name }, advisoryLocks });

async function wanted(how: { bulk?: number; prepare?: boolean; locks: boolean }): Promise<Wanted> {
  const { bulk = 1, prepare = true, locks } = how;
  const scenarios = [await resolveScenario('sustained', { bulk })];
  return { scenarios, targets: [builtIn('cte', locks), builtIn('legacy', locks)], prepare };
}

it.each([false, true])('refuses bulk for a reason that is no matter of locks (%s)', async (locks) => {
  const bulk = await wanted({ bulk: 10, locks });
  expect(await usageErrorOf(() => checkCapabilities(bulk))).toEqual({
    code: 'bulk_unsupported',
    message:
      'bulk 10 of scenario sustained: legacy assigns one content at a time; accepted are cte and inventory',
  });
});

it('refuses to do without sessions where advisory locks need them', async () => {
  const locked = await wanted({ prepare: false, locks: true });
  expect(await usageErrorOf(() => checkCapabilities(locked))).toEqual({
    code: 'needs_session',
    message:
      "--no-prepare: legacy with advisory locks keeps a session's lock from one transaction to the next; " +
      'accepted: legacy without advisory locks, or cte or inventory',
  });
});

it('allows what all targets can', async () => {
  expect(checkCapabilities(await wanted({ prepare: false, locks: false }))).toBeUndefined();
});
