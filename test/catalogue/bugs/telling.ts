import type { SqlBug } from '../planted-bug.js';

const EVENT_OF_ESSAY = "essay_id, 'essay.slot.assigned'\n  from assigned";
const EVENT_OF_SLOT = "essay_id, 'essay.slot.assigned'\n  from written";

/** Mistakes in the outbox: what the rest of the world is told. */
export const TELLING: readonly SqlBug[] = [
  {
    name: 'event-missing',
    mistake: 'The event follows the insert branch of the upsert, but the essay was registered before.',
    original: 'cte',
    edits: [
      [
        'where essay.text_storage_id is null\n  returning essay_id',
        'where essay.text_storage_id is null\n  returning essay_id, xmax = 0 as inserted',
      ],
      [EVENT_OF_SLOT, `${EVENT_OF_SLOT} where inserted`],
    ],
    scenario: 'one-by-one',
    violates: ['one-event-per-assignment'],
    needsRivals: false,
  },
  {
    name: 'event-twice',
    mistake: 'Both the writer of the slot and the writer of the essay announce the assignment.',
    original: 'cte',
    edits: [
      [
        EVENT_OF_SLOT,
        `essay_id, 'essay.slot.assigned'
  from (select essay_id from written union all select internal_essay_id from assigned) as told`,
      ],
    ],
    scenario: 'one-by-one',
    violates: ['one-event-per-assignment'],
    needsRivals: false,
  },
  {
    name: 'event-for-every-delivery',
    mistake: 'A duplicate announces the assignment again under its own correlation id.',
    original: 'inventory',
    edits: [
      [
        EVENT_OF_ESSAY,
        `essay_id, 'essay.slot.assigned'
  from (select essay_id from assigned union all select existing from seen where existing is not null) as told`,
      ],
    ],
    scenario: 'one-by-one',
    violates: ['one-event-per-assignment', 'duplicate-wrote-nothing', 'event-in-the-same-transaction'],
    needsRivals: false,
  },
  {
    name: 'event-of-another-content',
    mistake: 'The event names the upload where its readers expect the text.',
    original: 'inventory',
    edits: [["'text_storage_id', :text_storage_id::text", "'text_storage_id', :file_upload_id::text"]],
    scenario: 'one-by-one',
    violates: ['one-event-per-assignment'],
    needsRivals: false,
  },
  {
    name: 'completed-in-silence',
    mistake:
      'The last claim sets completed_at itself, so the look that would announce it finds nothing to do.',
    original: 'inventory',
    edits: [
      [
        '), event as (',
        `), completed as (
  update batch_essay_trackers set completed_at = now()
  where batch_id = :batch_id and exists (select 1 from assigned)
    and (select count(*) from essay_states where batch_id = :batch_id and current_status = 'uploaded') = 1
), event as (`,
      ],
    ],
    scenario: 'one-by-one',
    violates: ['one-completion-per-full-batch'],
    needsRivals: false,
  },
];
