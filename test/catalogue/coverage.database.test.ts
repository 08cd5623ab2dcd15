import { describe, expect, it } from 'vitest';
import { loadScenario } from '#els/scenario/load.js';
import { planWorkload } from '#els/workload/plan.js';
import { useDatabase } from '../support/database.js';
import { askOracles } from '../support/oracles.js';
import { SQL_BUGS } from './catalogue.js';
import { DOUBLE_BUGS } from './doubles.js';
import { scenarioFile } from './expectations.js';
import type { PlantedBug } from './planted-bug.js';

const db = useDatabase();
const BUGS: readonly PlantedBug[] = [...SQL_BUGS, ...DOUBLE_BUGS];

/** Two rows with one essay: the primary key of essay_states prevents it. planted-systems.test.ts catches it. */
const PREVENTED = 'slot-given-once';

describe('the catalogue', () => {
  it('holds a bug that violates each invariant, and none for an invariant that does not exist', async () => {
    const made = new Set<string>(BUGS.flatMap(({ violates }) => violates)).add(PREVENTED);
    const nothing = planWorkload(await loadScenario(scenarioFile('one-by-one')), 'nobody', 0);
    const { invariants } = await askOracles(db, nothing, []);
    const known = invariants.map(({ name }) => name);
    expect([...made].sort()).toEqual([...known].sort());
    const named = BUGS.flatMap(({ violates, mayViolate = [] }) => [...violates, ...mayViolate]);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('holds each bug once', () => {
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
    expect(new Set(BUGS.map(({ mistake }) => mistake)).size).toBe(BUGS.length);
  });
});
