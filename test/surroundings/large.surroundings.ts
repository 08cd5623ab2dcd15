import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runDocumentOf } from '../cli/document.js';
import { run } from '../support/command-line.js';

/** Of the embedded server. */
let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'els-assign-large-'));
  chmodSync(home, 0o755);
});
afterAll(() => rmSync(home, { recursive: true }));

const large = async (...flags: string[]) => {
  const finished = await run(['run', '--scenario', 'sustained', '--json', ...flags], {
    ELS_ASSIGN_HOME: home,
  });
  const { verdict, runs } = runDocumentOf(finished);
  expect({ code: finished.code, verdict, stderr: finished.stderr }).toMatchObject({
    code: 0,
    verdict: 'valid',
  });
  return { run: runs[0], stderr: finished.stderr };
};

it.each(['legacy', 'cte', 'inventory'])('256 connections of 64 workers: %s', async (strategy) => {
  const load = ['--workers', '64', '--connections', '4', '--duration', '5s'];
  const { run: result } = await large('--strategy', strategy, ...load);
  expect(result).toMatchObject({ workers: 64, connections: 4, outcomes: { error: 0, unknown: 0 } });
});

it('a batch of a million slots, registered with progress', async () => {
  const batch = ['--batches', '1', '--slots', '1000000', '--duration', '2s'];
  const { run: result, stderr } = await large('--strategy', 'inventory', ...batch);
  expect(result?.plan).toMatchObject({ batches: 1, slots: 1_000_000 });
  const told = stderr.match(/registered [\d,]+ of 1,000,000 slots/g) ?? [];
  expect(told.map((line) => line.split(' ')[1])).toEqual([
    ...Array.from({ length: 9 }, (_, position) => `${position + 1}00,000`),
    '1,000,000',
  ]);
});
