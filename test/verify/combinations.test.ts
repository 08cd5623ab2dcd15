import type { Call } from '#els/domain/call.js';
import { describe, expect, it } from 'vitest';
import { COMBINATIONS, type Combination } from './combinations.js';
import { callOf } from './histories.js';
import { violatedIn } from './observed.js';
import { isExplained, type Observation } from './reference.js';
import { observationOf, validObservationOf } from './small-observations.js';
import { draws } from '../support/effort.js';

// The oracles against an exhaustive search for an order of effects, for each combination of promises: they reject
// exactly what no order explains. `npm run oracles` holds 100,000 observations of each against it.

const OBSERVATIONS = Number(process.env['ORACLE_OBSERVATIONS'] ?? draws(150, 500));
const FIRST_SEED = Number(process.env['ORACLE_SEED'] ?? 1);

/** Draws observations and counts those that an order explains; fails on the first on which the two disagree. */
function holdAgainstReference(combination: Combination, change: (drawn: Observation) => Observation): number {
  let explained = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + OBSERVATIONS; seed++) {
    const observation = change(observationOf(combination, seed));
    const violated = violatedIn(observation);
    const isRight = isExplained(observation);
    if (isRight) explained += 1;
    if (isRight !== (violated.length === 0)) {
      const told = JSON.stringify({ seed, isRight, violated, ...observation }, undefined, 1);
      throw new Error(`the oracles and the search disagree on ${combination.name}: ${told}`);
    }
  }
  return explained;
}

const TIME_LIMIT_MS = 30_000 + OBSERVATIONS * 5;

describe.each(COMBINATIONS)('$name: the oracles reject exactly what no order explains', (combination) => {
  it.each([
    ['a history', (drawn: Observation) => ({ ...drawn, rows: undefined })],
    ['a history with its rows', (drawn: Observation) => drawn],
  ])(
    '%s',
    (_, change) => {
      const explained = holdAgainstReference(combination, change);
      expect(explained).toBeGreaterThan(OBSERVATIONS / 10);
      expect(explained).toBeLessThan(OBSERVATIONS * 0.99);
    },
    TIME_LIMIT_MS,
  );

  it('and what is drawn as valid is explained, and accepted', () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + OBSERVATIONS / 10; seed++) {
      const observation = validObservationOf(combination, seed);
      expect({ seed, isRight: isExplained(observation) }).toEqual({ seed, isRight: true });
      expect({ seed, violated: violatedIn(observation) }).toEqual({ seed, violated: [] });
    }
  });
});

const TOLD = COMBINATIONS.filter(({ promises, told }) => promises.idempotent && told);

describe.each(TOLD)('$name: where retries are not told', (combination) => {
  it('any reused may have taken its slot itself, and accuses nobody', () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + OBSERVATIONS; seed++) {
      const drawn = observationOf(combination, seed);
      const observation = { ...drawn, retriesUntold: true, calls: drawn.calls.map(untold) };
      if (isExplained(observation))
        expect({ seed, violated: violatedIn(observation) }).toEqual({ seed, violated: [] });
    }
  });

  it('a target that says assigned now and then is not accused', () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + OBSERVATIONS; seed++) {
      const drawn = observationOf(combination, seed);
      const calls = drawn.calls.map((call, position) => sometimesAssigned(call, seed + position));
      const observation = { ...drawn, calls };
      if (isExplained(observation))
        expect({ seed, violated: violatedIn(observation) }).toEqual({ seed, violated: [] });
    }
  });
});

function untold(call: Call): Call {
  return call.outcome === 'reused' ? { ...call, replyLost: false } : call;
}

function sometimesAssigned(call: Call, draw: number): Call {
  const isSuccess = call.outcome === 'created' || call.outcome === 'reused';
  if (!isSuccess || draw % 2 === 0) return call;
  return { ...call, outcome: 'assigned', recovered: false, replyLost: false };
}

const NOT_TRUTHFUL = COMBINATIONS.filter(({ promises }) => !promises.truthfulNoSlot);

it.each(NOT_TRUTHFUL)(
  '$name: closing calls are refused only where no order leaves a slot free',
  (combination) => {
    let explained = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + OBSERVATIONS; seed++) {
      const drawn = observationOf(combination, seed);
      const closing = callOf(9, [100, 101], { outcome: 'no_slot' });
      const observation = {
        ...drawn,
        rows: undefined,
        calls: [...drawn.calls, closing],
        closing: new Set([closing]),
      };
      const isRight = isExplained(observation);
      if (isRight) explained += 1;
      expect({ seed, holds: violatedIn(observation).length === 0 }).toEqual({ seed, holds: isRight });
    }
    expect(explained).toBeGreaterThan(OBSERVATIONS / 10);
    expect(explained).toBeLessThan(OBSERVATIONS * 0.9);
  },
);
