/** @module-tag long */

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runDocumentOf, type RunEntry } from './document.js';
import { useOwnDatabase } from './own-database.js';

const database = useOwnDatabase();

/** Correct, and sleeps in the server in every call. */
const SLOW = fileURLToPath(new URL('../pitfalls/slow.sql', import.meta.url));

const saturationNotes = (run: RunEntry | undefined): string[] =>
  (run?.notes ?? []).filter((note) => note.includes('never idle'));

async function runSustained(...flags: string[]): Promise<RunEntry | undefined> {
  const finished = await database.run(['run', '--scenario', 'sustained', '--json', '--quiet', ...flags]);
  expect(finished.code).toBe(0);
  return runDocumentOf(finished).runs[0];
}

it('says that one worker with 64 connections sets the pace, and passes', async () => {
  const shape = ['--workers', '1', '--connections', '64', '--duration', '1s'];
  // Duplicates only read: no flush of a commit, which all connections wait for together, gives the worker a pause.
  const duplicates = ['--batches', '20', '--slots', '10', '--deliveries', '1000'];
  const saturate = () => runSustained('--strategy', 'inventory', ...shape, ...duplicates);
  let run = await saturate();
  // Where other programs take the server's CPUs, the worker may pause all the same, but not each time.
  for (let left = 2; left > 0 && !run?.client.saturated; left--) run = await saturate();
  expect(run?.client).toMatchObject({ saturated: true });
  expect(run?.client.cpuMicrosPerCall).toBeGreaterThan(0);
  expect(run?.client.eventLoopLagMicros.max).toBeGreaterThan(0);
  expect(saturationNotes(run)).toEqual([expect.stringMatching(/fewer --(workers or --)?connections/)]);
  expect(run?.passed).toBe(true);
});

it('says nothing where the server is what workers wait for', async () => {
  const run = await runSustained(
    '--strategy',
    SLOW,
    '--workers',
    '2',
    '--connections',
    '4',
    '--duration',
    '1s',
    '--batches',
    '10',
  );
  expect(run?.client.saturated).toBe(false);
  expect(run?.client.busiestWorker).toBeLessThan(0.5);
  expect(saturationNotes(run)).toEqual([]);
});
