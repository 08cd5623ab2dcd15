import { expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { verifyBatch } from '../support/oracles.js';

const db = useDatabase();

const MEBIBYTE = 1_048_576;
/** Of a document that a witness shows. */
const SHOWN_CHARACTERS = 2_000;

it('what is wrong with documents of a mebibyte is shown by their beginnings', async () => {
  const batchId = 'large';
  await db.register({ batchId, slots: 2, inventory: 'essays' });
  await db.query(
    `update essay_states set current_status = 'ready_for_processing', version = 2, text_storage_id = essay_id,
       processing_metadata = jsonb_build_object('original_file_name', array[repeat('x', ${MEBIBYTE})]),
       storage_references = jsonb_build_object('padding', repeat('y', ${MEBIBYTE})),
       timeline = jsonb_build_object('padding', repeat('z', ${MEBIBYTE}))
     where batch_id = $1`,
    [batchId],
  );
  const { verdict, invariants } = await verifyBatch(db, batchId, 2, []);
  expect(verdict).toBe('invalid');
  const { witnesses = [] } = invariants.find(({ name }) => name === 'documents-complete') ?? {};
  expect(witnesses).toHaveLength(2);
  for (const witness of witnesses) {
    expect(witness).toMatchObject({ field: 'processing_metadata.original_file_name', wrong_fields: 7 });
    expect(witness['found']).toBe(`["${'x'.repeat(SHOWN_CHARACTERS)}`.slice(0, SHOWN_CHARACTERS));
  }
});
