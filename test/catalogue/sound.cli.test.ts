import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edited, sqlFile } from '../engine/support/custom.js';
import { times } from '../support/draws.js';
import { VARIANTS } from '../engine/support/variants.js';
import { useDatabase } from '../support/database.js';
import { runJson, violated } from '../verify/scenario-files.js';
import { SLOW_COMMIT, SLOW_WRITE_OF_ESSAY } from './bugs/pieces.js';
import { scenarioFile } from './expectations.js';
import { SCENARIOS } from './planted-bug.js';
import { longUnless } from '../support/long.js';

// What is right must never be called wrong: once in `npm test`, many times in a row by `npm run test:repeat`.

const ROUNDS = Number(process.env['ELS_TEST_ROUNDS'] ?? 1);

const db = useDatabase();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-sound-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function expectValid(strategy: string, flags: readonly string[]): Promise<void> {
  const { code, verdict, runs } = await runJson(db, strategy, SCENARIOS.map(scenarioFile), flags);
  expect(runs.map(violated)).toEqual(SCENARIOS.map(() => []));
  expect(runs.map(({ outcomes }) => outcomes.error + outcomes.unknown)).toEqual(SCENARIOS.map(() => 0));
  expect({ code, verdict }).toEqual({ code: 0, verdict: 'valid' });
}

describe.each(times(ROUNDS, (round) => round + 1))('round %i: the verifier accepts', (round) => {
  for (const { name, strategy, advisoryLocks } of VARIANTS) {
    it(name, longUnless(name === 'inventory'), () =>
      expectValid(strategy, ['--seed', String(round), ...(advisoryLocks ? ['--advisory-locks'] : [])]),
    );
  }
});

const SLOW = [
  { what: 'a slow commit of cte', original: 'cte', edit: SLOW_COMMIT },
  { what: 'a slow commit of inventory', original: 'inventory', edit: SLOW_COMMIT },
  { what: 'a slow write of inventory', original: 'inventory', edit: SLOW_WRITE_OF_ESSAY },
] as const;

// Only with test:repeat: it says nothing of the verifier.
describe.runIf(ROUNDS > 1)('what widens the window of a race is no mistake in itself:', () => {
  it.each(SLOW)('$what', async ({ original, edit }) => {
    const strategy = join(folder, 'slow.sql');
    await writeFile(strategy, edited(sqlFile(`strategies/${original}.sql`), ...edit));
    await expectValid(strategy, []);
  });
});
