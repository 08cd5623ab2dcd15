import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../engine/support/variants.js';
import { times } from '../engine/support/draw.js';
import { useDatabase } from '../support/database.js';
import { runJson, violated } from '../verify/scenario-files.js';
import { scenarioFile } from './expectations.js';
import { SCENARIOS } from './planted-bug.js';

// What is right must never be called wrong: once in `npm test`, many times in a row by `npm run test:repeat`.

const ROUNDS = Number(process.env['ELS_TEST_ROUNDS'] ?? 1);

const db = useDatabase();

describe.each(times(ROUNDS, (round) => round + 1))('the verifier accepts, round %i', (round) => {
  it.each(VARIANTS)('$name', async ({ strategy, advisoryLocks }) => {
    const flags = ['--seed', String(round), ...(advisoryLocks ? ['--advisory-locks'] : [])];
    const { code, verdict, runs } = await runJson(db, strategy, SCENARIOS.map(scenarioFile), flags);
    expect(runs.map(violated)).toEqual(SCENARIOS.map(() => []));
    expect(runs.map(({ outcomes }) => outcomes.error + outcomes.unknown)).toEqual(SCENARIOS.map(() => 0));
    expect({ code, verdict }).toEqual({ code: 0, verdict: 'valid' });
  });
});
