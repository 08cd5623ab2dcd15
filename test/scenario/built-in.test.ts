import { describe, expect, it } from 'vitest';
import type { BatchTotals, Outcomes } from '#els/domain/run-result.js';
import type { Scenario, ScenarioOverrides } from '#els/domain/scenario.js';
import { evaluateGate, parseGate } from '#els/gate/index.js';
import type { GateInput } from '#els/gate/index.js';
import { runPlan } from '#els/app/run-plan.js';
import { ACCEPTANCE_SCENARIOS } from '#els/app/scenarios.js';
import { listBuiltInScenarios } from '#els/scenario/load.js';
import { resolveScenario } from '#els/scenario/overrides.js';
import { someRun } from '../gate/run.js';
import { forRandomDraws } from '../support/draws.js';
import type { Draw } from '../support/draws.js';

const BURSTS = [
  'idempotent-duplicates',
  'cross-instance',
  'high-concurrency',
  'overflow',
  'batch-completion',
];

/** The result of a run in which every call ended as it should and was fast. */
function perfectRun(scenario: Scenario): GateInput & { readonly batchTotals: BatchTotals } {
  const { batches, slots, contents, deliveries, workers, connections } = scenario;
  if (typeof slots !== 'number') throw new Error('a built-in scenario with a list of slots');
  let [created, completed] = [0, 0];
  for (let batch = 0; batch < batches; batch += 1) {
    let ofBatch = 0;
    for (let content = batch; content < contents; content += batches) ofBatch += 1;
    created += Math.min(slots, ofBatch);
    completed += ofBatch >= slots ? 1 : 0;
  }
  const outcomes = {
    created,
    reused: created * (deliveries - 1),
    assigned: 0,
    noSlot: (contents - created) * deliveries,
    error: 0,
    unknown: 0,
    recovered: 0,
  };
  return {
    ...someRun(),
    plan: runPlan(scenario, 1),
    workers,
    connections,
    assignments: contents * deliveries,
    expectedSuccesses: created * deliveries,
    outcomes,
    batchTotals: {
      taken: created,
      available: batches * slots - created,
      completed,
      completionEvents: completed,
    },
  };
}

function failedGates(scenario: Scenario, run: GateInput): string[] {
  return scenario.gates.filter((gate) => !evaluateGate(parseGate(gate), run).passed);
}

function withOutcomes(run: GateInput, change: Partial<Outcomes>): GateInput {
  return { ...run, outcomes: { ...run.outcomes, ...change } };
}

function slow(run: GateInput): GateInput {
  return { ...run, latencyMicros: { ...run.latencyMicros, mean: 200_000, p95: 500_000 } };
}

describe('the built-in scenarios', () => {
  it('have the shapes of the requirement', async () => {
    const shapes = (await listBuiltInScenarios()).map(
      ({ name, batches, slots, contents, deliveries, arrival, workers, connections, durationMs }) =>
        [name, batches, slots, contents, deliveries, arrival, workers, connections, durationMs].join(' '),
    );
    expect(shapes).toEqual([
      'batch-completion 1 3 3 1 burst 3 8 ',
      'cross-instance 1 6 6 1 burst 3 8 ',
      'high-concurrency 1 100 100 1 burst 3 8 ',
      'idempotent-duplicates 1 3 1 20 burst 3 8 ',
      'overflow 1 15 30 1 burst 3 8 ',
      'rollout 30 900 27000 3 closed 3 4 6000',
      'sustained 100 500 50000 1 closed 3 8 5000',
    ]);
  });

  it('each say in one sentence what they show', async () => {
    for (const { description } of await listBuiltInScenarios())
      expect(description).toMatch(/^[A-Z][^.]{30,160}\.$/);
  });

  it('include those of the acceptance', async () => {
    expect(ACCEPTANCE_SCENARIOS).toEqual(['idempotent-duplicates', 'cross-instance', 'high-concurrency']);
    for (const name of ACCEPTANCE_SCENARIOS) expect(await resolveScenario(name, {})).toMatchObject({ name });
  });

  it('pass when every call ends as it should', async () => {
    for (const scenario of await listBuiltInScenarios()) {
      expect(failedGates(scenario, perfectRun(scenario)), scenario.name).toEqual([]);
    }
  });

  it('each fail when one call ends in an error', async () => {
    for (const scenario of await listBuiltInScenarios()) {
      const run = perfectRun(scenario);
      expect(failedGates(scenario, withOutcomes(run, { error: 1 })), scenario.name).toContain('error == 0');
    }
  });
});

describe('the gates of the built-in bursts', () => {
  /** Overrides under which what a scenario promises can still come true. */
  const promising: Record<string, (draw: Draw) => ScenarioOverrides> = {
    'idempotent-duplicates': (draw) => {
      const slots = draw.integer(1, 9);
      return { slots, contents: draw.integer(1, slots), deliveries: draw.integer(1, 50) };
    },
    'cross-instance': (draw) => ({
      slots: draw.integer(1, 50),
      batches: draw.integer(1, 5),
      deliveries: draw.integer(1, 5),
    }),
    'high-concurrency': (draw) => {
      const slots = draw.integer(1, 500);
      return { slots, contents: draw.integer(1, slots), deliveries: draw.integer(1, 4) };
    },
    overflow: (draw) => ({
      slots: draw.integer(1, 60),
      contents: draw.integer(1, 60),
      batches: draw.integer(1, 4),
      deliveries: draw.integer(1, 4),
    }),
    'batch-completion': (draw) => ({ slots: draw.integer(1, 30), batches: draw.integer(1, 30) }),
  };

  it.each(BURSTS)('%s passes a perfect run of other counts', async (name) => {
    const drawn: ScenarioOverrides[] = [];
    forRandomDraws(100, (draw) => drawn.push(promising[name]?.(draw) ?? {}));
    for (const overrides of drawn) {
      const scenario = await resolveScenario(name, overrides);
      expect(failedGates(scenario, perfectRun(scenario)), JSON.stringify(overrides)).toEqual([]);
    }
  });

  it.each(BURSTS.filter((name) => name !== 'batch-completion'))(
    '%s fails a lost or doubled slot',
    async (name) => {
      const scenario = await resolveScenario(name, {});
      const run = perfectRun(scenario);
      const { created, reused, noSlot } = run.outcomes;
      expect(
        failedGates(scenario, withOutcomes(run, { created: created - 1, noSlot: noSlot + 1 })),
      ).not.toEqual([]);
      expect(failedGates(scenario, withOutcomes(run, { created: created - 1, unknown: 1 }))).not.toEqual([]);
      expect(failedGates(scenario, withOutcomes(run, { created: created + 1 }))).not.toEqual([]);
      expect(failedGates(scenario, withOutcomes(run, { reused: reused + 1 }))).not.toEqual([]);
    },
  );

  it('overflow fails where a content with no slot left is told anything else', async () => {
    const scenario = await resolveScenario('overflow', {});
    const run = perfectRun(scenario);
    expect(failedGates(scenario, withOutcomes(run, { noSlot: 14 }))).not.toEqual([]);
    expect(failedGates(scenario, withOutcomes(run, { noSlot: 14, unknown: 1 }))).not.toEqual([]);
  });

  it.each([
    ['taken', { taken: 2 }],
    ['completed', { completed: 0 }],
    ['two completions', { completionEvents: 2 }],
    ['no completion', { completionEvents: 0 }],
  ])('batch-completion fails on %s', async (_, change) => {
    const scenario = await resolveScenario('batch-completion', {});
    const run = perfectRun(scenario);
    expect(failedGates(scenario, { ...run, batchTotals: { ...run.batchTotals, ...change } })).toHaveLength(1);
  });

  it.each([
    ['cross-instance', ['mean < 200ms']],
    ['high-concurrency', ['p95 < 500ms']],
    ['overflow', ['p95 < 500ms']],
  ])('%s fails at its latency limit', async (name, gates) => {
    const scenario = await resolveScenario(name, {});
    expect(failedGates(scenario, slow(perfectRun(scenario)))).toEqual(gates);
  });

  it('idempotent-duplicates fails where a duplicate took a second slot', async () => {
    const scenario = await resolveScenario('idempotent-duplicates', {});
    const run = perfectRun(scenario);
    const available = { ...run, batchTotals: { ...run.batchTotals, available: 1 } };
    expect(failedGates(scenario, available)).toEqual(['available == batches * slots - created']);
  });
});

describe.each(['sustained', 'rollout'])('%s', (name) => {
  it.each(['error', 'unknown', 'noSlot'])('fails on one %s', async (outcome) => {
    const scenario = await resolveScenario(name, {});
    const run = withOutcomes(perfectRun(scenario), { [outcome]: 1 });
    expect(failedGates(scenario, run)).toEqual([`${outcome} == 0`]);
  });
});
