/** @module-tag long */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RolloutResult } from '#els/domain/rollout.js';
import type { Report, RunResult } from '#els/domain/run-result.js';
import { expectPublishedSchema } from '../support/published-schema.js';
import { useDatabase } from '../support/database.js';
import { runHosted } from '../support/hosted-command.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { violated } from '../verify/scenario-files.js';

const db = useDatabase();
const files = useTemporaryFolder();

/** Batches that fill in the middle of it, and more contents than are delivered until all switches are over. */
const SMALL = {
  ...{ name: 'small', description: 'A rollout in seconds.', batches: 8, slots: 12, contents: 3_000 },
  ...{ deliveries: 2, arrival: 'open', rate: 150, spacing: 'constant', workers: 2, connections: 2 },
  duration: '2s',
  rollout: {
    steps: [
      { at: '200ms', strategy: 'cte' },
      { at: '600ms', strategy: 'inventory' },
      { at: '1100ms', strategy: 'legacy' },
    ],
  },
  gates: ['error == 0', 'unknown == 0'],
};

async function rolledOut(args: readonly string[], changes: object = {}) {
  const scenario = files.write('small.json', JSON.stringify({ ...SMALL, ...changes }));
  const where = ['--database-url', db.url, '--schema', db.schema, '--scenario', scenario];
  const finished = await runHosted([...args, '--json', '--quiet', ...where]);
  const document = JSON.parse(finished.stdout) as Report;
  expectPublishedSchema(document);
  const [run] = document.runs;
  if (run?.rollout === undefined) throw new Error(`no rollout in ${finished.stdout}\n${finished.stderr}`);
  return { ...finished, document, run, rollout: run.rollout };
}

function expectGood(run: RunResult): void {
  const seen = {
    violated: violated(run),
    notes: run.notes.filter((note) => !/ran out/.test(note)),
    verdict: run.verdict,
  };
  expect(seen).toMatchObject({ violated: [], verdict: 'valid' });
  expect(run.errorsByCode).toEqual({});
  expect(run.outcomes).toMatchObject({ error: 0, unknown: 0 });
  expect(run.batchTotals).toMatchObject({ completed: 8, completionEvents: 8 });
}

const steady = ({ phases }: RolloutResult) => phases.filter(({ switchedFrom }) => switchedFrom === null);

describe('a rollout', () => {
  it('takes every worker through the strategies and the batches with them, and no caller sees an error', async () => {
    const { code, run, rollout } = await rolledOut(['run', '--strategy', 'legacy', '--keep']);
    expectGood(run);
    expect(code).toBe(0);
    expect(steady(rollout).map(({ strategy }) => strategy)).toEqual(['legacy', 'cte', 'inventory', 'legacy']);
    for (const phase of steady(rollout)) expect(phase.calls).toBeGreaterThan(0);
    expect(rollout.phases.reduce((sum, { calls }) => sum + calls, 0)).toBe(run.assignments);
    expect(rollout.switches.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'legacy cte',
      'cte inventory',
      'inventory legacy',
    ]);
    const [toCte, toInventory, toLegacy] = rollout.switches;
    expect(toCte?.migration).toBeNull();
    expect(toInventory?.migration).toMatchObject({ batches: 8, slots: 96, processes: 1 });
    expect(toLegacy?.migration).toMatchObject({ batches: 8, slots: 96, processes: 1 });
    const trackers = await db.query(
      'select distinct inventory from batch_essay_trackers where migrated_at is not null',
    );
    expect(trackers).toEqual([{ inventory: 'slots' }]);
  });

  it('survives that each migration is killed, and every report tells it', async () => {
    const reports = ['--html', files.path('report.html'), '--markdown', files.path('report.md')];
    const { code, document, run, rollout } = await rolledOut([
      ...['compare', '--rollout', '--fault', 'kill-migration', '--seed', '4'],
      ...reports,
    ]);
    expectGood(run);
    expect(code).toBe(0);
    const detail =
      /^killed the migration (when|[0-3] ms after it told that) batch \S+ was (marked|drained|copied|switched); another process resumed$/;
    expect(run.faults).toMatchObject([
      {
        kind: 'kill-migration',
        plannedMs: 600,
        struck: true,
        detail: expect.stringMatching(detail) as string,
      },
      {
        kind: 'kill-migration',
        plannedMs: 1_100,
        struck: true,
        detail: expect.stringMatching(detail) as string,
      },
    ]);
    expect(rollout.switches.map(({ migration }) => migration?.processes)).toEqual([undefined, 2, 2]);
    const waited = Math.max(...rollout.switches.map(({ longestCallMicros }) => longestCallMicros));
    expect(document.rollout?.longestCallMicros).toBe(waited);
    for (const file of ['report.html', 'report.md']) {
      const text = readFileSync(files.path(file), 'utf8');
      for (const said of ['legacy → cte', 'cte → inventory', 'inventory → legacy', 'a caller waited for'])
        expect(text, file).toContain(said);
    }
    expect(readFileSync(files.path('report.html'), 'utf8')).toContain('marked: legacy → cte');
  });

  it('for which the contents do not last is no proof', async () => {
    const { code, run, rollout } = await rolledOut(['run', '--strategy', 'legacy', '--contents', '60']);
    expect(code).toBe(1);
    expect(run.verdict).toBe('unknown');
    expect(rollout.switches.length).toBeLessThan(3);
    expect(run.notes).toContain(
      'the rollout to legacy at 1100 ms was not made: the contents had run out before',
    );
  });
});
