import type { SqlBug } from '../planted-bug.js';
import { SLOW_COMMIT } from './pieces.js';

/** Mistakes in who is a duplicate, and in what callers are told. */
export const ANSWERING: readonly SqlBug[] = [
  {
    name: 'a-key-of-the-delivery',
    mistake: 'The idempotency key holds the id of the delivery, so no delivery is a duplicate of another.',
    original: 'inventory',
    edits: [
      [
        'text_storage_id = :text_storage_id\n    ) as existing',
        "text_storage_id = :text_storage_id || '/' || :correlation_id\n    ) as existing",
      ],
      [
        'text_storage_id = :text_storage_id, updated_at',
        "text_storage_id = :text_storage_id || '/' || :correlation_id, updated_at",
      ],
    ],
    scenario: 'one-by-one',
    violates: [
      'one-created-per-content',
      'one-slot-per-content',
      'no-false-no-slot',
      'acknowledged-is-stored',
      'stored-was-asked-for',
      'documents-complete',
      'one-event-per-assignment',
    ],
    needsRivals: false,
  },
  {
    name: 'no-unique-index',
    mistake:
      'Idempotency is left to a look before the claim: duplicates that arrive together all find nothing.',
    original: 'inventory',
    edits: [],
    withoutUniqueIndexes: true,
    widening: [SLOW_COMMIT],
    scenario: 'duplicates',
    violates: ['content-in-one-slot', 'content-holds-one', 'one-created-per-content', 'one-slot-per-content'],
    mayViolate: ['full-when-told-full', 'reused-after-a-claim', 'no-false-no-slot'],
    needsRivals: true,
    mayErr: true,
  },
  {
    name: 'a-key-of-the-checksum',
    mistake:
      'Contents with the same checksum are taken for one, though two people may hand in the same text.',
    original: 'inventory',
    edits: [
      [
        'text_storage_id = :text_storage_id\n    ) as existing',
        "processing_metadata ->> 'content_md5_hash' = :content_md5_hash limit 1\n    ) as existing",
      ],
    ],
    scenario: 'one-by-one',
    violates: [
      'one-content-per-slot',
      'not-more-than-capacity',
      'reused-after-a-claim',
      'acknowledged-is-stored',
    ],
    needsRivals: false,
  },
  {
    name: 'a-full-batch-knows-nobody',
    mistake: 'A full batch answers no_slot before it looks whether the content holds one of its slots.',
    original: 'inventory',
    edits: [
      [
        'text_storage_id = :text_storage_id\n    ) as existing',
        `text_storage_id = :text_storage_id
        and exists (select 1 from essay_states where batch_id = :batch_id and current_status = 'uploaded')
    ) as existing`,
      ],
    ],
    scenario: 'one-by-one',
    violates: ['no-false-no-slot'],
    needsRivals: false,
  },
  {
    name: 'created-said-for-reused',
    mistake: 'A duplicate is answered as if it had taken the slot itself.',
    original: 'cte',
    edits: [["then 'reused'", "then 'created'"]],
    scenario: 'one-by-one',
    violates: ['one-created-per-content'],
    needsRivals: false,
  },
  {
    name: 'reused-said-for-created',
    mistake:
      'The upsert decides who created (xmax = 0), but the essay was registered before: nobody ever did.',
    original: 'cte',
    edits: [
      [
        'where essay.text_storage_id is null\n  returning essay_id',
        'where essay.text_storage_id is null\n  returning essay_id, xmax = 0 as inserted',
      ],
      [
        "when assigned.internal_essay_id is not null then 'created'",
        `when assigned.internal_essay_id is not null then case
      when (select inserted from written) then 'created' else 'reused' end`,
      ],
    ],
    scenario: 'one-by-one',
    violates: ['reused-after-a-claim', 'no-false-no-slot'],
    needsRivals: false,
  },
  {
    name: 'wrong-essay-returned',
    mistake: 'A duplicate is told the essay that was assigned last, not its own.',
    original: 'inventory',
    edits: [
      [
        'seen.existing) as essay_id',
        `case when seen.existing is not null then (
    select max(essay_id) from essay_states where batch_id = :batch_id and text_storage_id is not null
  ) end) as essay_id`,
      ],
    ],
    scenario: 'one-by-one',
    violates: ['one-slot-per-content', 'one-content-per-slot', 'acknowledged-is-stored'],
    needsRivals: false,
  },
];
