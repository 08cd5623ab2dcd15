import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '#els/app/database.js';
import { executeRun } from '#els/app/execute-run.js';
import { builtInHost, resolveTarget } from '#els/targets/resolve.js';
import type { RunResult } from '#els/domain/run-result.js';
import { WorkerFleet } from '#els/runner/fleet.js';
import { loadScenario } from '#els/scenario/load.js';
import { useDatabase } from '../support/database.js';
import { runHosted } from '../support/hosted-command.js';
import { runJson } from '../verify/scenario-files.js';
import { isFirstOfItsKind, SQL_BUGS } from './catalogue.js';
import { expectCaught, scenarioFile, SEED, type Judged } from './expectations.js';
import { widenedStrategy } from './planted-bug.js';
import { longUnless } from '../support/long.js';

// Each bug as a custom strategy put through the real executable, with real worker processes.

const db = useDatabase();
const unindexed = useDatabase();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-catalogue-'));
  await unindexed.query('drop index slot_assignments_content, essay_states_content');
});
afterAll(() => rm(folder, { recursive: true }));

describe('the verifier catches', () => {
  for (const bug of SQL_BUGS.filter(({ withoutUniqueIndexes }) => !withoutUniqueIndexes)) {
    it(bug.name, longUnless(isFirstOfItsKind(bug, SQL_BUGS)), async () => {
      const strategy = await fileOf(bug);
      const scenario = scenarioFile(bug.scenario);
      const { code, runs } = await runJson(db, strategy, [scenario], ['--seed', String(SEED)]);
      const [result] = runs;
      if (result === undefined) throw new Error(`no run: exit ${code}`);

      expectCaught(bug, judgedBy(result));
      expect(code).toBe(1);
    });
  }
});

// The command refuses a schema without its unique indexes; what comes of one that loses them later is judged all the same.
describe('without the unique indexes, which the command looks for before the load', () => {
  for (const bug of SQL_BUGS.filter(({ withoutUniqueIndexes }) => withoutUniqueIndexes)) {
    it(`${bug.name} is caught`, longUnless(isFirstOfItsKind(bug, SQL_BUGS)), async () => {
      const strategy = await fileOf(bug);
      const scenario = scenarioFile(bug.scenario);
      const refused = await runHosted([
        ...['run', '--quiet', '--strategy', strategy, '--scenario', scenario],
        ...['--database-url', unindexed.url, '--schema', unindexed.schema],
      ]);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain('essay_states_content');

      const job = {
        ...{ target: await resolveTarget(strategy, false), scenario: await loadScenario(scenario) },
        ...{ round: 1, seed: SEED, keep: false, timeoutMs: 10_000 },
      };
      const fleet = new WorkerFleet();
      const where = { databaseUrl: unindexed.url, schema: unindexed.schema, env: {} };
      const { result } = await withDatabase(where, (database) =>
        executeRun(
          { database, host: builtInHost(database), lacks: {} },
          fleet,
          job,
          new AbortController().signal,
        ),
      ).finally(() => fleet.close());
      expectCaught(bug, judgedBy(result));
    });
  }
});

async function fileOf(bug: (typeof SQL_BUGS)[number]): Promise<string> {
  const strategy = join(folder, `${bug.name}.sql`);
  await writeFile(strategy, widenedStrategy(bug));
  return strategy;
}

function judgedBy({ verdict, invariants, outcomes }: RunResult): Judged {
  return { verdict, invariants, errors: outcomes.error + outcomes.unknown };
}
