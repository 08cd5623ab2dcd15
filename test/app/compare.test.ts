import { describe, expect, it } from 'vitest';
import { comparisonJobs, leftOut, type ComparePlan } from '#els/app/compare.js';
import { elsTarget } from '#els/targets/els/target.js';
import { resolveScenario } from '#els/scenario/overrides.js';
import { draws } from '../support/effort.js';

const SESSIONS = { prepare: true };
const NAMES = ['legacy', 'cte', 'inventory'] as const;

async function planOf(overrides: Partial<ComparePlan> = {}): Promise<ComparePlan> {
  return {
    scenarios: [await resolveScenario('sustained', {})],
    targets: NAMES.map((name) => elsTarget({ strategy: { kind: 'built-in', name }, advisoryLocks: false })),
    rounds: { burst: 3, load: 8 },
    advisoryLocks: false,
    seed: 42,
    keep: false,
    timeoutMs: 1_000,
    ...overrides,
  };
}

/** The strategies of each round, in their order. */
function ordersOf(plan: ComparePlan): string[] {
  const orders = new Map<number, string[]>();
  for (const { round, target } of comparisonJobs(plan, SESSIONS)) {
    orders.set(round, [...(orders.get(round) ?? []), target.name]);
  }
  return [...orders.values()].map((names) => names.join());
}

describe('comparisonJobs', () => {
  it('draws the order of each round: all orders are equally frequent', async () => {
    const rounds = draws(300, 1_200);
    const orders = ordersOf(await planOf({ rounds: { burst: 1, load: rounds } }));
    expect(orders).toHaveLength(rounds);
    const counts = new Map<string, number>();
    for (const order of orders) counts.set(order, (counts.get(order) ?? 0) + 1);
    expect(counts.size).toBe(6);
    const deviation = Math.sqrt((rounds * 5) / 36);
    for (const count of counts.values()) expect(Math.abs(count - rounds / 6)).toBeLessThan(4 * deviation);
  });

  it('repeats the order by the seed', async () => {
    const orders = ordersOf(await planOf());
    expect(ordersOf(await planOf())).toEqual(orders);
    expect(ordersOf(await planOf({ seed: 43 }))).not.toEqual(orders);
  });

  it('gives all strategies of a round the same workload, and each round another', async () => {
    const jobs = comparisonJobs(await planOf(), SESSIONS);
    expect(jobs.map(({ seed, round }) => seed - round)).toEqual(Array(24).fill(41));
  });

  it('runs bursts, with and without locks, and loads as often as each is asked for', async () => {
    const scenarios = [await resolveScenario('overflow', {}), await resolveScenario('sustained', {})];
    const jobs = comparisonJobs(await planOf({ scenarios, rounds: { burst: 2, load: 4 } }), SESSIONS);
    const count = (name: string, round: number): number =>
      jobs.filter((job) => job.scenario.name === name && job.round === round).length;
    expect([1, 2, 3, 4, 5].map((round) => count('overflow', round))).toEqual([6, 6, 0, 0, 0]);
    expect([1, 2, 3, 4, 5].map((round) => count('sustained', round))).toEqual([3, 3, 3, 3, 0]);
  });

  it('leaves out what keeps a lock of its session where sessions keep nothing', async () => {
    const scenarios = [await resolveScenario('overflow', {})];
    const plan = await planOf({ scenarios, rounds: { burst: 1, load: 1 } });
    const names = (jobs: ReturnType<typeof comparisonJobs>) =>
      jobs.map(({ target }) => `${target.name}${target.advisoryLocks ? ' + locks' : ''}`).sort();
    const all = ['cte', 'cte + locks', 'inventory', 'inventory + locks', 'legacy', 'legacy + locks'];
    expect(names(comparisonJobs(plan, SESSIONS))).toEqual(all);
    expect(names(comparisonJobs(plan, { prepare: false }))).toEqual(all.slice(0, -1));
    const reason =
      "keeps a session's lock from one transaction to the next; accepted: legacy without advisory locks, or cte or inventory";
    expect(leftOut(plan, { prepare: false })).toEqual([
      `legacy + locks was left out, because of --no-prepare: it ${reason}`,
    ]);
  });

  it('tells the reason of a target of any kind in its own words', async () => {
    const [legacy] = (await planOf()).targets;
    if (legacy === undefined) throw new Error('no target');
    const other = { ...legacy, name: 'other', lacks: { transactionPooling: 'listens' } };
    const target = { ...other, withAdvisoryLocks: () => other };
    const plan = await planOf({ scenarios: [await resolveScenario('overflow', {})], targets: [target] });
    expect(leftOut(plan, { prepare: false })).toEqual([
      'other + locks was left out, because of --no-prepare: it listens',
    ]);
    expect(leftOut(plan, SESSIONS)).toEqual([]);
  });
});
