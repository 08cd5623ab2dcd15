import { afterAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { isFirstOfItsKind } from './catalogue.js';
import { DOUBLE_BUGS } from './doubles.js';
import { expectCaught } from './expectations.js';
import { DoubleFleet } from './harness/double-fleet.js';
import { runDouble } from './harness/run-double.js';
import { SCENARIOS } from './planted-bug.js';
import { longUnless } from '../support/long.js';

// Bugs that one statement cannot hold: a double of the engine in processes of its own, judged by the same oracles.

const db = useDatabase();
const fleet = new DoubleFleet();
afterAll(() => fleet.close());

describe('the verifier catches', () => {
  for (const bug of DOUBLE_BUGS) {
    it(bug.name, longUnless(isFirstOfItsKind(bug, DOUBLE_BUGS)), async () =>
      expectCaught(bug, await runDouble(db, fleet, bug)),
    );
  }
});

describe('the verifier accepts the double without a mistake', () => {
  it.each(SCENARIOS)('%s', async (scenario) => {
    const { verdict, invariants, errors } = await runDouble(db, fleet, {
      name: 'sound',
      inventory: 'slots',
      scenario,
    });
    expect(invariants.filter(({ passed }) => !passed)).toEqual([]);
    expect({ verdict, errors }).toEqual({ verdict: 'valid', errors: 0 });
  });
});
