import type { SqlBug } from '../planted-bug.js';

const UPSERT = `on conflict (essay_id) do update
  set current_status = excluded.current_status, processing_metadata = excluded.processing_metadata,
    storage_references = excluded.storage_references, timeline = excluded.timeline,
    text_storage_id = excluded.text_storage_id, updated_at = excluded.updated_at,
    version = essay.version + 1
  where essay.text_storage_id is null`;

/** Adds a common table expression to Option B before its event. */
function alsoWrite(cte: string): readonly [string, string] {
  return ['), event as (', `), ${cte}, event as (`];
}

/** Mistakes in what an assignment writes of slot, essay and documents. */
export const WRITING: readonly SqlBug[] = [
  {
    name: 'half-written-json',
    mistake: 'The metadata are built by hand and leave out what was added to them since.',
    original: 'inventory',
    edits: [
      [
        'processing_metadata = :processing_metadata::jsonb',
        `processing_metadata = jsonb_build_object('original_file_name', :original_file_name::text,
      'file_size_bytes', :file_size_bytes, 'content_md5_hash', :content_md5_hash::text,
      'correlation_id', :correlation_id::text)`,
      ],
    ],
    scenario: 'one-by-one',
    violates: ['documents-complete'],
    needsRivals: false,
  },
  {
    name: 'references-of-the-upload',
    mistake: 'The essay points to the upload it came with instead of to its text.',
    original: 'inventory',
    edits: [
      [
        'storage_references = :storage_references::jsonb',
        "storage_references = jsonb_build_object('original_essay', :file_upload_id::text)",
      ],
    ],
    scenario: 'one-by-one',
    violates: ['documents-complete'],
    needsRivals: false,
  },
  {
    name: 'content-of-the-upload',
    mistake: 'The upload stands for the text, where it is looked for and where it is written.',
    original: 'inventory',
    edits: [
      ['and text_storage_id = :text_storage_id', 'and text_storage_id = :file_upload_id'],
      ['text_storage_id = :text_storage_id, updated_at', 'text_storage_id = :file_upload_id, updated_at'],
    ],
    scenario: 'one-by-one',
    violates: [
      'stored-was-asked-for',
      'acknowledged-is-stored',
      'documents-complete',
      'one-event-per-assignment',
    ],
    needsRivals: false,
  },
  {
    name: 'timeline-of-the-old-status',
    mistake: 'The timeline is stamped with the status of the row, which in an UPDATE is the old one.',
    original: 'inventory',
    edits: [
      [
        'timeline = :timeline::jsonb',
        'timeline = essay.timeline || jsonb_build_object(essay.current_status::text, now())',
      ],
    ],
    scenario: 'one-by-one',
    violates: ['documents-complete'],
    needsRivals: false,
  },
  {
    name: 'status-forgotten',
    mistake: 'The upsert sets the status for a new essay only, and a registered one stays as it was.',
    original: 'cte',
    edits: [['set current_status = excluded.current_status, processing', 'set processing']],
    scenario: 'one-by-one',
    violates: ['nothing-half-assigned'],
    needsRivals: false,
  },
  {
    name: 'conflict-ignored',
    mistake: 'ON CONFLICT DO NOTHING: the essay was registered before, so nothing is ever written to it.',
    original: 'cte',
    edits: [[UPSERT, 'on conflict (essay_id) do nothing']],
    scenario: 'one-by-one',
    violates: ['slot-and-essay-agree', 'acknowledged-is-stored', 'full-when-told-full'],
    needsRivals: false,
  },
  {
    name: 'two-inventories',
    mistake: 'Option B goes on writing slots for old readers, who then hold two truths of one batch.',
    original: 'inventory',
    edits: [
      alsoWrite(`mirrored as (
  update slot_assignments set status = 'assigned', text_storage_id = :text_storage_id
  from assigned where internal_essay_id = assigned.essay_id
)`),
    ],
    scenario: 'one-by-one',
    violates: ['slot-and-essay-agree'],
    needsRivals: false,
  },
  {
    name: 'a-slot-for-each-rejection',
    mistake:
      'Who finds no slot leaves a failed one behind for the statistics, and the batch outgrows itself.',
    original: 'cte',
    edits: [
      alsoWrite(`rejected as (
  insert into slot_assignments (batch_tracker_id, internal_essay_id, status)
  select id, gen_random_uuid()::text, 'failed' from seen
  where existing is null and not exists (select 1 from assigned)
)`),
    ],
    scenario: 'one-by-one',
    violates: ['slots-as-registered'],
    needsRivals: false,
  },
  {
    name: 'duplicates-overwrite',
    mistake: 'Every duplicate writes the essay again, and announces it again.',
    original: 'cte',
    edits: [
      [
        `and not exists (
    select 1 from essay_states
    where essay_id = seen.existing and text_storage_id is not null
  )`,
        '',
      ],
      [UPSERT, UPSERT.replace('\n  where essay.text_storage_id is null', '')],
    ],
    scenario: 'one-by-one',
    violates: ['duplicate-wrote-nothing', 'one-event-per-assignment', 'event-in-the-same-transaction'],
    needsRivals: false,
  },
  {
    name: 'duplicates-touch',
    mistake: 'A duplicate counts the version up to say that it was seen.',
    original: 'inventory',
    edits: [
      alsoWrite(`touched as (
  update essay_states essay set updated_at = now(), version = essay.version + 1
  from seen where essay.essay_id = seen.existing
)`),
    ],
    scenario: 'one-by-one',
    violates: ['duplicate-wrote-nothing', 'event-in-the-same-transaction'],
    needsRivals: false,
  },
];
