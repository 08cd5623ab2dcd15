import { describe, expect, it } from 'vitest';
import { judgeGates } from '#els/app/run-gates.js';
import type { GateInput } from '#els/gate/index.js';
import { someRun } from '../gate/run.js';
import { scenarioOf } from '../support/scenario.js';

const target = (truthfulNoSlot: boolean, untold: Record<string, string> = {}) => ({
  terms: {
    target: { name: 'any' },
    promises: { idempotent: true, truthfulNoSlot },
    places: 'named' as const,
  },
  untold,
});

const outcomesOf = (counts: Partial<GateInput['outcomes']>): GateInput['outcomes'] => ({
  ...{ created: 0, reused: 0, assigned: 0, noSlot: 0, error: 0, unknown: 0, recovered: 0 },
  ...counts,
});

/** One content, delivered 20 times. */
const DUPLICATES = ['created == 1', 'reused == 19', 'error == 0'];
const told: GateInput = { ...someRun(), outcomes: outcomesOf({ created: 1, reused: 19 }) };
const untold: GateInput = { ...someRun(), outcomes: outcomesOf({ assigned: 20 }), holders: 1 };

const judge = (
  gates: readonly string[],
  run: GateInput,
  of = target(true),
  demandedGates: readonly string[] = [],
) => {
  const { gates: judged, notes } = judgeGates(scenarioOf({ gates, demandedGates }), of, run);
  return { judged: judged.map(({ expression, passed }) => [expression, passed]), notes };
};

describe('the gates of a scenario', () => {
  it('are all judged where every success tells whether the slot was given then', () => {
    expect(judge(DUPLICATES, told)).toEqual({
      judged: [
        ['created == 1', true],
        ['reused == 19', true],
        ['error == 0', true],
      ],
      notes: [],
    });
    expect(judge(DUPLICATES, { ...told, outcomes: outcomesOf({ created: 2, reused: 18 }) }).judged).toEqual([
      ['created == 1', false],
      ['reused == 19', false],
      ['error == 0', true],
    ]);
  });

  it('read created by the contents with a slot where some do not, and leave out reused', () => {
    expect(judge(DUPLICATES, untold)).toEqual({
      judged: [
        ['created == 1', true],
        ['error == 0', true],
      ],
      notes: [
        'not judged: gate reused == 19 (reused: 20 answers do not tell whether the content had its slot before)',
      ],
    });
    expect(judge(DUPLICATES, { ...untold, holders: 2 }).judged[0]).toEqual(['created == 1', false]);
  });

  it('are left out where they follow from a promise that is not made', () => {
    expect(judge(DUPLICATES, told, target(false))).toEqual({
      judged: [['error == 0', true]],
      notes: [
        'not judged: gate created == 1 (created: its no_slot need not be truthful)',
        'not judged: gate reused == 19 (reused: its no_slot need not be truthful)',
      ],
    });
  });

  it('are left out where the target does not tell a value', () => {
    const silent = target(true, { completed: 'it does not tell' });
    expect(judge(['completed == batches'], told, silent)).toEqual({
      judged: [],
      notes: ['not judged: gate completed == batches (completed: it does not tell)'],
    });
  });
});

describe('a gate that was demanded', () => {
  it('is judged whatever is promised, and fails where it cannot be told', () => {
    expect(judge(['created == 1'], told, target(false), ['created == 1']).judged).toEqual([
      ['created == 1', true],
    ]);
    expect(judge(['reused == 19'], untold, target(true), ['reused == 19']).judged).toEqual([
      ['reused == 19', false],
    ]);
  });
});
