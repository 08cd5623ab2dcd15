import { describe, expect, it } from 'vitest';
import { buildSweep } from '#els/compare/sweep.js';
import type { RunResult } from '#els/domain/run-result.js';
import type { Sweep } from '#els/domain/sweep.js';
import { createSampler, type RunOverrides } from '../report/sample.js';

/** The sweep of connections 1, 2, 4, … with these runs. */
function sweepOf(overrides: readonly RunOverrides[]): Sweep {
  const { run } = createSampler();
  return buildSweep(
    'connections',
    overrides.map((each, position) => run({ connections: 2 ** position, ...each })),
  );
}

const saturated = (...client: (boolean | null)[]): RunOverrides[] =>
  client.map((each) => ({ client: { saturated: each } }));

describe('buildSweep', () => {
  it('has a step for each run', () => {
    const { parameter, steps } = sweepOf([
      { throughputPerSecond: 700, latencyMicros: { p95: 910 } },
      { throughputPerSecond: 900, latencyMicros: { p95: 1_200 }, client: { saturated: true } },
    ]);
    expect(parameter).toBe('connections');
    expect(steps).toEqual([
      { value: 1, throughputPerSecond: 700, p95Micros: 910, clientSaturated: null },
      { value: 2, throughputPerSecond: 900, p95Micros: 1_200, clientSaturated: true },
    ]);
  });

  it('reads the value of every parameter from the run', () => {
    const plan = { slots: 11, batches: 12, contents: 13, deliveries: 14, bulk: 17, rate: 18 };
    const run: RunResult = createSampler().run({ workers: 15, connections: 16, plan });
    const value = (parameter: Sweep['parameter']) => buildSweep(parameter, [run]).steps[0]?.value;
    const parameters = [
      'slots',
      'batches',
      'contents',
      'deliveries',
      'workers',
      'connections',
      'bulk',
      'rate',
    ] as const;
    expect(parameters.map(value)).toEqual([11, 12, 13, 14, 15, 16, 17, 18]);
  });

  it.each(['invalid', 'unknown'] as const)('seeks the knee without a step whose verdict is %s', (verdict) => {
    const throughputs = [1_000, 5_000, 2_000, 2_010];
    const runs = throughputs.map((throughputPerSecond) => ({ throughputPerSecond }));
    expect(sweepOf(runs).knee).toBe(2);
    expect(sweepOf(runs.map((run, step) => (step === 1 ? { ...run, verdict } : run))).knee).toBe(4);
  });

  const tails: [client: (boolean | null)[], saturatedFrom: number | null, unsaturatedFrom: number | null][] =
    [
      [[false, false, false], null, 1],
      [[true, true, true], 1, null],
      [[false, true, true], 2, null],
      [[true, false, false], null, 2],
      [[true, false, true], 4, null],
      [[null, true, true], 2, null],
      [[true, true, null], 1, null],
      [[false, null, false], null, 1],
      [[false, null, true], 4, null],
      [[null, true, null, false], null, 8],
      [[null, null, null], null, null],
    ];
  it.each(tails)('client saturated %j: from %j on, and not from %j on', (client, yes, no) => {
    const { clientSaturatedFrom, clientUnsaturatedFrom } = sweepOf(saturated(...client));
    expect({ clientSaturatedFrom, clientUnsaturatedFrom }).toEqual({
      clientSaturatedFrom: yes,
      clientUnsaturatedFrom: no,
    });
  });

  /** Throughput and calls due, per second; what was skipped. */
  type Step = readonly [throughput: number, due: number, skipped?: number];
  const rates = (...steps: Step[]): Sweep => {
    const { run } = createSampler();
    const runs = steps.map(([throughputPerSecond, duePerSecond, skipped], position) =>
      run({
        ...{ throughputPerSecond, duePerSecond, skipped },
        plan: { arrival: 'open', rate: 100 * 2 ** position },
      }),
    );
    return buildSweep('rate', runs);
  };
  const kept: Step = [100, 100];
  const behind: Step = [94, 100];
  const capacities: [name: string, steps: Step[], knee: number | null][] = [
    ['the last rate that was achieved', [kept, [190, 200], [300, 400]], 200],
    ['none where every rate was achieved: the server kept up', [kept, [200, 200], [399, 400]], null],
    ['none where none was', [behind, behind], null],
    ['not beyond a rate of which calls were skipped', [kept, [200, 200, 0], [400, 400, 1]], 200],
    ['not moved by one bad step', [behind, kept, behind, kept, behind], 800],
    [
      'judged by the calls that were due: a poisson schedule has more or fewer than the rate',
      [
        [88, 90],
        [80, 90],
      ],
      100,
    ],
  ];
  it.each(capacities)('the knee of a rate is %s', (_, steps, knee) => {
    expect(rates(...steps).knee).toBe(knee);
  });

  it('says of each rate whether it was achieved, and of no other parameter', () => {
    expect(rates(kept, behind).steps.map(({ achieved }) => achieved)).toEqual([true, false]);
    expect(sweepOf([{}]).steps[0]).not.toHaveProperty('achieved');
  });
});

it('seeks the knee and the bottleneck in whole runs alone', () => {
  const cutOff: RunOverrides = { complete: false, throughputPerSecond: 9_000, client: { saturated: true } };
  const whole = [100, 101].map((throughputPerSecond) => ({
    throughputPerSecond,
    client: { saturated: false },
  }));
  expect(sweepOf([...whole, cutOff])).toMatchObject({
    ...{ knee: 1, clientSaturatedFrom: null, clientUnsaturatedFrom: 1 },
    steps: [{}, {}, { throughputPerSecond: 9_000 }],
  });
});
