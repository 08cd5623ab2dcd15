import type { SqlBug } from '../planted-bug.js';
import { LOCK, SLOW_COMMIT, SLOW_WRITE_OF_ESSAY, ZERO_ROWS_ARE_NO_SLOT } from './pieces.js';

/** One essay is given to several contents: all were told so, the last one stands, each wrote an event. */
const GIVEN_TWICE = [
  'one-content-per-slot',
  'acknowledged-is-stored',
  'one-event-per-assignment',
  'duplicate-wrote-nothing',
  'event-in-the-same-transaction',
] as const;

const CHOOSE_ESSAY = `select essay_id from essay_states
  where batch_id = (select batch_id from seen where fits and is_open and existing is null)
    and current_status = 'uploaded'`;

/** Mistakes in how a free slot is found and taken. */
export const CLAIMING: readonly SqlBug[] = [
  {
    name: 'claims-without-a-lock',
    mistake: 'The free slot is read without a lock, so all who read at the same time write the same one.',
    original: 'inventory',
    edits: [[LOCK, '  limit 1']],
    widening: [SLOW_WRITE_OF_ESSAY],
    scenario: 'collision',
    violates: GIVEN_TWICE,
    needsRivals: true,
  },
  {
    name: 'chooses-then-locks',
    mistake:
      'A subquery chooses the slot and the lock comes after: who waited for it takes it a second time.',
    original: 'inventory',
    edits: [
      [CHOOSE_ESSAY, `select essay_id from essay_states where essay_id = (\n  ${CHOOSE_ESSAY}`],
      [LOCK, '  limit 1\n  )\n  for no key update'],
    ],
    widening: [SLOW_COMMIT],
    scenario: 'collision',
    violates: GIVEN_TWICE,
    needsRivals: true,
  },
  {
    name: 'chooses-locks-and-rechecks',
    mistake:
      'As before, with the status checked again: who waited finds the slot taken and looks for no other.',
    original: 'inventory',
    edits: [
      [
        CHOOSE_ESSAY,
        `select essay_id from essay_states where current_status = 'uploaded' and essay_id = (\n  ${CHOOSE_ESSAY}`,
      ],
      [LOCK, '  limit 1\n  )\n  for no key update'],
      ZERO_ROWS_ARE_NO_SLOT,
    ],
    widening: [SLOW_COMMIT],
    scenario: 'collision',
    violates: ['no-false-no-slot', 'full-when-told-full'],
    needsRivals: true,
  },
  {
    name: 'advisory-lock-in-the-same-statement',
    mistake:
      'An advisory lock on the batch stands for the row lock, but the snapshot is older than the lock.',
    original: 'inventory',
    edits: [
      [
        'from batch_essay_trackers\n',
        'from batch_essay_trackers, pg_advisory_xact_lock(hashtextextended(:batch_id, 0))\n',
      ],
      [LOCK, '  limit 1'],
    ],
    widening: [SLOW_COMMIT],
    scenario: 'collision',
    violates: GIVEN_TWICE,
    needsRivals: true,
  },
  {
    name: 'locks-the-tracker-too',
    mistake:
      'FOR UPDATE on a join locks the batch as well, so rivals skip all its slots and say there is none.',
    original: 'cte',
    edits: [
      [
        `select id from slot_assignments
  where batch_tracker_id = (select id from seen where fits and is_open and existing is null)
    and status = 'available'`,
        `select slot.id from slot_assignments slot
  join batch_essay_trackers batch on batch.id = slot.batch_tracker_id
  where batch.batch_id = :batch_id and batch.inventory = 'slots'
    and slot.status = 'available'`,
      ],
      [LOCK, '  limit 1\n  for update skip locked'],
      ZERO_ROWS_ARE_NO_SLOT,
    ],
    widening: [SLOW_COMMIT],
    scenario: 'collision',
    violates: ['no-false-no-slot', 'full-when-told-full'],
    needsRivals: true,
  },
  {
    name: 'zero-rows-taken-for-no-slot',
    mistake: 'SKIP LOCKED found nothing, so no slot is left; but those who hold the last ones may roll back.',
    original: 'cte',
    edits: [ZERO_ROWS_ARE_NO_SLOT],
    widening: [SLOW_COMMIT],
    scenario: 'crowd',
    violates: ['no-false-no-slot'],
    mayViolate: ['full-when-told-full'],
    needsRivals: true,
  },
  {
    name: 'leaves-the-last-slot',
    mistake: 'An offset meant to spread the claims skips past the last slot of a batch.',
    original: 'inventory',
    edits: [[LOCK, '  limit 1 offset 1\n  for no key update skip locked'], ZERO_ROWS_ARE_NO_SLOT],
    scenario: 'one-by-one',
    violates: ['full-when-told-full', 'no-false-no-slot'],
    needsRivals: false,
  },
  {
    name: 'oversells',
    mistake: 'Whoever finds no slot gets a new one, as if the inventory had no end.',
    original: 'inventory',
    edits: [
      [
        '), event as (',
        `), oversold as (
  insert into essay_states (essay_id, batch_id, current_status, processing_metadata, storage_references, timeline,
    text_storage_id, version)
  select gen_random_uuid()::text, batch_id, 'ready_for_processing', :processing_metadata::jsonb,
    :storage_references::jsonb, :timeline::jsonb, :text_storage_id, 2
  from seen where fits and existing is null and not exists (select 1 from claimed)
  returning essay_id
), event as (`,
      ],
      [
        "essay_id, 'essay.slot.assigned'\n  from assigned",
        `essay_id, 'essay.slot.assigned'
  from (select essay_id from assigned union all select essay_id from oversold) as taken`,
      ],
      ['seen.existing) as essay_id', 'seen.existing, (select essay_id from oversold)) as essay_id'],
      [
        "when assigned.essay_id is not null then 'created'",
        "when assigned.essay_id is not null or exists (select 1 from oversold) then 'created'",
      ],
    ],
    scenario: 'one-by-one',
    violates: ['rows-within-capacity', 'not-more-than-capacity', 'slots-as-registered'],
    needsRivals: false,
  },
  {
    name: 'forgets-the-batch',
    mistake: 'The claim is not confined to the batch, so a content gets a slot of any.',
    original: 'cte',
    edits: [
      [
        `batch_tracker_id = (select id from seen where fits and is_open and existing is null)
    and status = 'available'`,
        `exists (select 1 from seen where fits and is_open and existing is null)
    and status = 'available'`,
      ],
    ],
    scenario: 'collision',
    violates: ['acknowledged-is-stored'],
    mayViolate: [
      'stored-was-asked-for',
      'one-event-per-assignment',
      'one-completion-per-full-batch',
      'full-when-told-full',
      'no-false-no-slot',
    ],
    needsRivals: false,
  },
];
