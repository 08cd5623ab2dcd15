import { describe, expect, it } from 'vitest';
import { checkGates, judgeStrategies, withGates } from '#els/app/gates.js';
import type { RunResult } from '#els/domain/run-result.js';
import type { Scenario } from '#els/domain/scenario.js';
import { loadScenario } from '#els/scenario/load.js';
import { createSampler, type RunOverrides } from '../report/sample.js';
import { usageErrorOf } from '../scenario/usage-error.js';

const MINE = './my strategy.sql';

async function sustained(...gates: string[]): Promise<Scenario[]> {
  return [{ ...(await loadScenario('sustained')), gates: ['error == 0', ...gates] }];
}

/** Rounds of one strategy, one for each p95 in milliseconds. */
function rounds(strategy: string, p95s: readonly number[], overrides: RunOverrides = {}): RunResult[] {
  const { run } = createSampler();
  return p95s.map((p95, position) =>
    run({
      scenario: 'sustained',
      strategy,
      round: position + 1,
      latencyMicros: { p95: p95 * 1_000 },
      ...overrides,
    }),
  );
}

async function judged(gate: string, runs: readonly RunResult[]) {
  const checks = judgeStrategies(await sustained(gate), runs);
  expect(checks.map(({ name }) => name)).toEqual([`gate ${gate} (sustained)`]);
  return checks[0];
}

describe('a gate that compares strategies', () => {
  it('is judged over the medians of the rounds', async () => {
    const runs = [...rounds('inventory', [10, 99, 11]), ...rounds('cte', [10, 1, 12])];
    expect(await judged('inventory.p95 <= cte.p95 * 1.1', runs)).toMatchObject({
      result: 'passed',
      observed: 'inventory.p95 = 11ms, cte.p95 = 10ms (medians of 3 rounds)',
    });
    expect(await judged('inventory.p95 <= cte.p95', runs)).toMatchObject({ result: 'failed' });
  });

  it('reads a strategy of a file by its name in quotes', async () => {
    const runs = [...rounds(MINE, [4]), ...rounds('legacy', [9])];
    expect(await judged(`"${MINE}".p95 < legacy.p95`, runs)).toMatchObject({
      result: 'passed',
      observed: `"${MINE}".p95 = 4ms, legacy.p95 = 9ms (1 round)`,
    });
  });

  it('reads runs with advisory locks only where no others are', async () => {
    const locked = rounds('cte', [7], { advisoryLocks: true });
    expect(await judged('cte.p95 == 7ms', locked)).toMatchObject({ result: 'passed' });
    const both = [...locked, ...rounds('cte', [3])];
    expect(await judged('cte.p95 == 3ms', both)).toMatchObject({ result: 'passed' });
  });

  it('leaves out a round that not all of them ran', async () => {
    const runs = [...rounds('inventory', [1, 50]), ...rounds('cte', [2])];
    expect(await judged('inventory.p95 == 1ms + cte.p95 * 0', runs)).toMatchObject({ result: 'passed' });
    const apart = [...rounds('inventory', [1]), ...rounds('cte', [2], { round: 2 })];
    expect(await judged('inventory.p95 < cte.p95', apart)).toMatchObject({ result: 'inconclusive' });
  });

  it('fails where a run is invalid or a value is missing, and decides nothing where a verdict is unknown', async () => {
    const cheater = rounds('inventory', [1], { verdict: 'invalid' });
    expect(await judged('inventory.p95 < cte.p95', [...cheater, ...rounds('cte', [2])])).toMatchObject({
      result: 'failed',
      observed: 'round 1 of inventory is invalid',
    });
    const lost = rounds('inventory', [1], { verdict: 'unknown' });
    expect(await judged('inventory.p95 < cte.p95', [...lost, ...rounds('cte', [2])])).toMatchObject({
      result: 'inconclusive',
      observed: 'round 1 of inventory is unknown',
    });
    const none = rounds('inventory', [NaN]);
    expect(await judged('inventory.p95 < cte.p95', [...none, ...rounds('cte', [2])])).toMatchObject({
      result: 'failed',
      observed: 'inventory.p95 = none, cte.p95 = 2ms (1 round)',
    });
  });

  it('is judged for its own scenario alone', async () => {
    const elsewhere = rounds('cte', [1], { scenario: 'overflow' });
    expect(await judged('cte.p95 < 5ms', elsewhere)).toMatchObject({ result: 'inconclusive' });
  });
});

describe('the strategies of gates', () => {
  const compared = ['legacy', 'cte', MINE].map((name) => ({ name, untold: {} }));

  it('are accepted where they are compared', async () => {
    const scenarios = await sustained('p95 < 1s', 'cte.p95 < legacy.p95', `"${MINE}".p95 < 1s`);
    expect(() => checkGates(scenarios, { compares: true, targets: compared })).not.toThrow();
  });

  it.each([
    ['inventory.p95 < 1s', 'column 1: strategy "inventory" is not compared; accepted: legacy, cte, ./my'],
    [
      'cte.p95 < "my strategy.sql".p95',
      'column 11: strategy "my strategy.sql" is not compared (did you mean',
    ],
  ])('%s is refused where they are not', async (gate, message) => {
    const refused = await usageErrorOf(async () =>
      checkGates(await sustained(gate), { compares: true, targets: compared }),
    );
    expect(refused).toEqual({ code: 'invalid_gate', message: expect.stringContaining(message) as string });
  });

  it('are refused where nothing is compared', async () => {
    const refused = await usageErrorOf(async () =>
      checkGates(await sustained('cte.p95 < 1s'), { compares: false, targets: [] }),
    );
    expect(refused.message).toContain('accepted: names without a strategy, or `compare`');
  });
});

describe('a value that a target does not tell', () => {
  const targets = [
    { name: 'cte', untold: {} },
    { name: 'seats', untold: { completed: 'it has none' } },
  ];

  it('may stand in a gate of the scenario, which is left out, and in one on another target', async () => {
    const scenarios = await sustained('completed == batches', 'cte.completed > 0');
    expect(() => checkGates(scenarios, { compares: true, targets })).not.toThrow();
  });

  it.each(['completed == batches', 'seats.completed > 0'])('is refused in %s', async (gate) => {
    const scenarios = withGates(await sustained(), [gate]);
    const refused = await usageErrorOf(() => checkGates(scenarios, { compares: true, targets }));
    expect(refused).toEqual({
      code: 'invalid_gate',
      message: `gate "${gate}": completed of seats is not known: it has none; accepted: a gate without it`,
    });
  });
});

describe('gates of the command line', () => {
  it("come after each scenario's own, once", async () => {
    const [scenario] = withGates(await sustained('p95 < 1s'), ['p95 < 1s', 'p50 < 1s']);
    expect(scenario?.gates).toEqual(['error == 0', 'p95 < 1s', 'p50 < 1s']);
  });
});
