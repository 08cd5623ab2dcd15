import { describe, expect } from 'vitest';
import { linesOf, runDocumentOf } from './document.js';
import { withDraws } from '../support/draws.js';
import { STRATEGIES } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import { eachLongButFirst } from '../support/long.js';

const database = useOwnDatabase();

interface Status {
  readonly batchId: string;
  readonly inventory: string;
  readonly expected: number;
  readonly ready: number;
  readonly available: number;
  readonly completedAt: string | null;
  readonly repaired: boolean;
}

/** Keeps the batches of a run, and returns the ids that its notes name. */
async function keptBatches(strategy: string, counts: Record<string, number>): Promise<string[]> {
  const flags = Object.entries(counts).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const load = ['run', '--scenario', 'overflow', '--strategy', strategy, ...flags];
  const [run] = runDocumentOf(await database.run([...load, '--keep', '--quiet', '--json'])).runs;
  const [, first, last] = /batches (\S+) to (\S+)/.exec(run?.notes.join('\n') ?? '') ?? [];
  if (first === undefined || last === undefined) throw new Error('the notes name no batches');
  return [first, last];
}

async function statusOf(batchId: string, ...flags: string[]): Promise<Status & { stderr: string }> {
  const { code, stdout, stderr } = await database.run(['status', batchId, '--json', ...flags]);
  expect(code).toBe(0);
  return { ...(JSON.parse(stdout) as Status), stderr };
}

/** What of a batch is in the outbox. */
async function completionEvents(batchId: string): Promise<number> {
  const rows = await database.query(
    "select 1 from event_outbox where event_type = 'batch.content.provisioning.completed' and aggregate_id = $1",
    [batchId],
  );
  return rows.length;
}

/** Makes a batch look as if its last caller had died before it looked. */
async function forgetCompletion(batchId: string): Promise<void> {
  await database.query('update batch_essay_trackers set completed_at = null where batch_id = $1', [batchId]);
  await database.query("delete from event_outbox where aggregate_type = 'batch' and aggregate_id = $1", [
    batchId,
  ]);
}

describe('status', () => {
  eachLongButFirst(STRATEGIES)('shows where the batches of a kept run stand: %s', (strategy) =>
    withDraws(async (draw) => {
      const batches = 2;
      const slots = draw.integer(4, 9);
      // One batch gets one content more than the other: it is full, the other is not.
      const contents = 2 * slots - 1;
      const [full = '', open = ''] = await keptBatches(strategy, { batches, slots, contents, workers: 2 });
      const inventory = strategy === 'inventory' ? 'essays' : 'slots';

      const ofFull = await statusOf(full);
      expect(ofFull).toMatchObject({ batchId: full, inventory, expected: slots, ready: slots, available: 0 });
      expect(new Date(ofFull.completedAt ?? NaN).getTime()).toBeGreaterThan(Date.now() - 60 * 60_000);
      expect(await statusOf(open)).toEqual({
        batchId: open,
        inventory,
        switchingTo: null,
        expected: slots,
        ready: slots - 1,
        available: 1,
        completedAt: null,
        repaired: false,
        stderr: '',
      });

      const { code, stdout } = await database.run(['status', full]);
      expect(code).toBe(0);
      const facts = Object.fromEntries(
        linesOf(stdout).map((line): [string, string] => {
          const [name = '', value = ''] = line.split(/ {2,}/);
          return [name, value];
        }),
      );
      expect(facts).toMatchObject({
        batch: full,
        inventory,
        expected: `${slots}`,
        ready: `${slots}`,
        available: '0',
      });
      expect(stdout).toContain(ofFull.completedAt ?? 'no time');
      expect((await database.run(['status', open])).stdout).toMatch(/^completed at +not completed$/m);
    }),
  );

  eachLongButFirst(['cte', 'inventory'])('repairs a full batch that nobody completed, once: %s', (strategy) =>
    withDraws(async (draw) => {
      const slots = draw.integer(2, 9);
      const counts = { batches: 2, slots, contents: 2 * slots - 1, workers: 1 };
      const [full = '', open = ''] = await keptBatches(strategy, counts);
      await forgetCompletion(full);

      expect(await statusOf(full)).toMatchObject({ ready: slots, completedAt: null, repaired: false });
      expect(await completionEvents(full)).toBe(0);
      const repaired = await statusOf(full, '--repair');
      expect(repaired.repaired).toBe(true);
      expect(repaired.completedAt).not.toBeNull();
      expect(repaired.stderr).toContain('1 batch');
      expect(await completionEvents(full)).toBe(1);

      const again = await statusOf(full, '--repair');
      expect(again).toMatchObject({ repaired: false, completedAt: repaired.completedAt });
      expect(again.stderr).not.toContain('1 batch');
      expect(await completionEvents(full)).toBe(1);

      expect(await statusOf(open, '--repair')).toMatchObject({ repaired: false, completedAt: null });
      expect(await completionEvents(open)).toBe(0);
    }),
  );
});
