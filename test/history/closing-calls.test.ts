import { describe, expect, it } from 'vitest';
import { verifyCalls } from '#els/app/verify.js';
import type { Call } from '#els/domain/call.js';
import { HistoryFile, type RunHeader } from '#els/history/history-file.js';
import { readHistory } from '#els/history/read-history.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { callOf } from '../verify/histories.js';
import { TOOL } from './sample.js';

// Calls made alone after a load show a target that never gives anything; a file says which they are.

const files = useTemporaryFolder();
let written = 0;

const header: RunHeader = {
  ...{
    runId: 'run',
    scenario: 'overflow',
    strategy: 'poller',
    advisoryLocks: false,
    seed: 1,
    startMicros: 0,
  },
  ...{ target: { name: 'poller' }, promises: { idempotent: true, truthfulNoSlot: false } },
  places: 'named',
  ...{ batches: [{ batchId: 'batch', slots: 1 }], durable: true },
};

async function checkOf(calls: readonly Call[], closing: readonly Call[]) {
  const path = files.path(`closing-${written++}.ndjson`);
  const file = await HistoryFile.create(path, TOOL);
  const run = await file.begin(header);
  run.append([...calls, ...closing], new Set(closing));
  await run.end({ faults: [], incomplete: [] });
  await file.close();
  const [checked] = (await verifyCalls(readHistory(path))).checked;
  if (checked === undefined) throw new Error('nothing was checked');
  return checked;
}

const refused = (start: number, worker: number) =>
  callOf(1, [start, start + 1], { outcome: 'no_slot', batchId: 'batch', worker });

describe('the closing calls of a kept run', () => {
  it('violate what they violated in the run', async () => {
    const { verdict, invariants } = await checkOf([refused(0, 0)], [refused(9, -1)]);
    expect(verdict).toBe('invalid');
    expect(invariants.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual([
      'no-slot-when-alone',
    ]);
  });

  it('are not asked about where none was made', async () => {
    const { verdict, invariants, notAsked } = await checkOf([refused(0, 0)], []);
    expect(verdict).toBe('valid');
    expect(invariants.map(({ name }) => name)).not.toContain('no-slot-when-alone');
    expect(notAsked).toContainEqual({
      name: 'no-slot-when-alone',
      reason: expect.stringContaining('no closing call was made') as string,
    });
  });
});
