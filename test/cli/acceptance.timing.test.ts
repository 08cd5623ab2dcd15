import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { linesOf, runDocumentOf, type RunEntry } from './document.js';
import { expectFullRun, STRATEGIES } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import { eachLongButFirst } from '../support/long.js';

const database = useOwnDatabase();

const ACCEPTANCE = ['idempotent-duplicates', 'cross-instance', 'high-concurrency'];

interface ScenarioFile {
  readonly batches?: number;
  readonly slots: number;
  readonly contents?: number;
  readonly deliveries?: number;
  readonly arrival: string;
  readonly workers?: number;
  readonly connections?: number;
  readonly gates: readonly string[];
}

/** What a built-in scenario's file says, its defaults filled in. */
function stated(name: string) {
  const text = readFileSync(new URL(`../../scenarios/${name}.json`, import.meta.url), 'utf8');
  const {
    batches = 1,
    slots,
    contents = batches * slots,
    deliveries = 1,
    ...file
  } = JSON.parse(text) as ScenarioFile;
  const { arrival, workers = 3, connections = 8, gates } = file;
  return { plan: { batches, slots, contents, deliveries, arrival }, workers, connections, gates };
}

const gatesOf = (run: RunEntry): string[] => run.gates.map(({ expression }) => expression);

describe('run --json', () => {
  const contenders = STRATEGIES.flatMap((strategy) => [false, true].map((locks) => ({ strategy, locks })));
  eachLongButFirst(contenders)(
    'runs the acceptance scenarios as their files say: $strategy, advisory locks $locks',
    async ({ strategy, locks }) => {
      const flags = ['--strategy', strategy, '--json', ...(locks ? ['--advisory-locks', '--quiet'] : [])];
      const finished = await database.run(['run', ...flags]);
      const { runs, passed, verdict } = runDocumentOf(finished);

      expect(runs.map(({ scenario }) => scenario)).toEqual(ACCEPTANCE);
      for (const run of runs) {
        const { plan, workers, connections, gates } = stated(run.scenario);
        expect(run).toMatchObject({ strategy, advisoryLocks: locks, round: 1, workers, connections, plan });
        expect(gatesOf(run)).toEqual(gates);
        expectFullRun(run);
      }
      expect({ code: finished.code, passed, verdict }).toEqual({ code: 0, passed: true, verdict: 'valid' });

      const progress = linesOf(finished.stderr);
      expect(progress.length).toBe(locks ? 0 : runs.length);
      progress.forEach((line, position) => expect(line).toContain(ACCEPTANCE[position]));
    },
  );
});
