import { expect, it } from 'vitest';
import { runPlan } from '#els/app/run-plan.js';
import { NOT_IN_PLAN } from '#els/domain/load.js';
import { LOAD_FIELD_LIST } from '#els/scenario/fields.js';
import { scenarioOf } from '../support/scenario.js';

const BURST = scenarioOf({ slots: 4, contents: 5, deliveries: 2, bulk: 7, rttMs: 0.5 });

it('says in the order of documents what a load has, and nothing of what it has not', () => {
  expect(JSON.stringify(runPlan(BURST, 42))).toMatch(
    /^{"batches":1,"slots":4,"contents":5,"deliveries":2,"arrival":"burst","seed":42,"bulk":7,.*"rttMs":0.5,"wire":false}$/,
  );
  const open = { rate: 8, spacing: 'constant', latencyLimitMs: 9, durationMs: 10 } as const;
  expect(JSON.stringify(runPlan({ ...BURST, ...open, arrival: 'open' }, 42))).toMatch(
    /^{"batches":1,.*"arrival":"open","seed":42,"bulk":7,.*"rttMs":0.5,"wire":false,"rate":8,.*"spacing":"constant","latencyLimitMs":9}$/,
  );
});

it('repeats every field of a load but for those that a result says by itself', () => {
  const fields = LOAD_FIELD_LIST.map(([, { scenario }]) => scenario);
  const full = Object.fromEntries(fields.map((field) => [field, 1]));
  const { arrival, seed, ...load } = runPlan({ ...BURST, ...full }, 42);
  expect({ arrival, seed }).toEqual({ arrival: 'burst', seed: 42 });
  expect(new Set([...Object.keys(load), ...NOT_IN_PLAN])).toEqual(new Set(fields));
});
