import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { StrategySpec } from '#els/targets/els/engine/strategy.js';
import { renderProof } from '#els/report/proof.js';
import { custom, edited, sqlFile } from '../engine/support/custom.js';
import { useDatabase } from '../support/database.js';
import { readScript, Windows } from './replay.js';
import { pitfall, proveHere } from './support.js';

const db = useDatabase();

/** Proves, prints, reads what was printed, and runs it in plain sessions; then `look` sees what is there. */
async function replay(strategy: StrategySpec, look: () => Promise<void>): Promise<void> {
  const proof = await proveHere(db, strategy);
  const pieces = readScript(renderProof(proof, new Chalk({ level: 0 })));
  const [removal] = pieces.splice(-1);
  const windows = new Windows(db.url);
  for (const piece of pieces) await windows.run(piece);
  await look();
  if (removal) await windows.run(removal);
  await windows.close();
  expect(await db.query(`select batch_id from run_batches`)).toEqual([]);
  expect(await db.query('select essay_id from essay_states')).toEqual([]);
}

describe('the printed script', () => {
  it('makes the same bad rows again: one essay written twice, after a wait', async () => {
    const unlocked = edited(sqlFile('strategies/cte.sql'), '  for no key update skip locked\n', '');
    await replay(custom(unlocked), async () => {
      const slots = await db.query('select status, text_storage_id from slot_assignments');
      expect(slots).toEqual([{ status: 'assigned', text_storage_id: 'content-a' }]);
      const [essay] = await db.query<{ written_by: string }>(
        `select processing_metadata ->> 'correlation_id' as written_by from essay_states`,
      );
      expect(essay?.written_by).toMatch(/^replay-call-[12]$/);
    });
  });

  it('makes the same bad rows again: an essay that a duplicate overwrote', async () => {
    await replay(pitfall('3-overwrites'), async () => {
      const essays = await db.query('select version, text_storage_id from essay_states where version > 1');
      expect(essays).toEqual([{ version: 3, text_storage_id: 'content-a' }]);
    });
  });
});
