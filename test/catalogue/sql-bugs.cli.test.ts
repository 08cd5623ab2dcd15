import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runJson } from '../verify/scenario-files.js';
import { SQL_BUGS } from './catalogue.js';
import { expectCaught, scenarioFile, SEED } from './expectations.js';
import { widenedStrategy } from './planted-bug.js';

// Each bug as a custom strategy put through the real executable.

const db = useDatabase();
const unindexed = useDatabase();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-catalogue-'));
  await unindexed.query('drop index slot_assignments_content, essay_states_content');
});
afterAll(() => rm(folder, { recursive: true }));

describe('the verifier catches', () => {
  for (const bug of SQL_BUGS) {
    it(bug.name, async () => {
      const strategy = join(folder, `${bug.name}.sql`);
      await writeFile(strategy, widenedStrategy(bug));
      const where = bug.withoutUniqueIndexes ? unindexed : db;
      const scenario = scenarioFile(bug.scenario);
      const { code, runs } = await runJson(where, strategy, [scenario], ['--seed', String(SEED)]);
      const [result] = runs;
      if (result === undefined) throw new Error(`no run: exit ${code}`);

      const { verdict, invariants, outcomes } = result;
      expectCaught(bug, { verdict, invariants, errors: outcomes.error + outcomes.unknown });
      expect(code).toBe(1);
    });
  }
});
