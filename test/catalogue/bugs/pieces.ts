import type { Edit } from '../planted-bug.js';

// Pieces that several bugs change alike. Where a race needs time, the statement sleeps: between reading and
// writing, as a client with work of its own in between does, or after its claim, as a slow commit does.

/** The claim's lock, in either statement. */
export const LOCK = '  limit 1\n  for no key update skip locked';

/** What becomes of a call that claimed nothing while slots are free, in either statement. */
export const ZERO_ROWS_ARE_NO_SLOT: Edit = ["null then 'contended'", "null then 'no_slot'"];

/** The claimed essay is written a while after it was read. */
export const SLOW_WRITE_OF_ESSAY: Edit = [
  'from claimed\n  where essay.essay_id',
  'from claimed, pg_sleep(0.1)\n  where essay.essay_id',
];

/** A claim stays uncommitted for a while, in either statement. */
export const SLOW_COMMIT: Edit = [
  'left join assigned on true',
  'left join (select assigned.*, pg_sleep(0.1) from assigned) as assigned on true',
];
