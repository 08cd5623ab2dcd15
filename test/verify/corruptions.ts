import type { Inventory } from '#els/targets/els/engine/assignment.js';

/** One row spoilt by hand after a valid run, and what must be reported. */
export interface Corruption {
  readonly what: string;
  readonly inventory?: Inventory;
  /** With the batch's id as $1. */
  readonly sql: string;
  /** The audits that report it, the one it is made for first. */
  readonly reported: readonly string[];
  /** Slots left free; none unless said. */
  readonly left?: number;
}

/** The first assigned essay of the batch $1. */
export const firstEssay = `(select min(essay_id) from essay_states where batch_id = $1 and text_storage_id is not null)`;
const tracker = '(select id from batch_essay_trackers where batch_id = $1)';

export const corruptions: readonly Corruption[] = [
  {
    what: 'a free slot is gone',
    left: 1,
    sql: `delete from slot_assignments where batch_tracker_id = ${tracker} and status = 'available'`,
    reported: ['slots-as-registered'],
  },
  {
    what: 'a free essay is gone, the last one of its batch',
    inventory: 'essays',
    left: 1,
    sql: `delete from essay_states where batch_id = $1 and text_storage_id is null`,
    reported: ['slots-as-registered', 'one-completion-per-full-batch'],
  },
  {
    what: 'an essay came after the registration',
    left: 1,
    sql: `insert into essay_states (essay_id, batch_id) values ($1::text || '-late', $1)`,
    reported: ['slots-as-registered'],
  },
  {
    what: 'an essay is ready without a content',
    left: 1,
    sql: `update essay_states set current_status = 'ready_for_processing'
      where batch_id = $1 and text_storage_id is null`,
    reported: ['nothing-half-assigned', 'one-completion-per-full-batch'],
  },
  {
    what: 'an essay has a content and is not ready',
    inventory: 'essays',
    left: 1,
    sql: `update essay_states set current_status = 'uploaded' where essay_id = ${firstEssay} and batch_id = $1`,
    reported: ['nothing-half-assigned'],
  },
  {
    what: 'a slot is assigned without a content',
    left: 1,
    sql: `update slot_assignments set status = 'assigned'
      where batch_tracker_id = ${tracker} and status = 'available'`,
    reported: ['nothing-half-assigned'],
  },
  {
    what: 'a slot names another content than its essay',
    sql: `update slot_assignments set text_storage_id = 'somebody'
      where batch_tracker_id = ${tracker} and internal_essay_id = ${firstEssay}`,
    reported: ['slot-and-essay-agree'],
  },
  {
    what: 'a slot is free whose essay is assigned',
    sql: `update slot_assignments set status = 'available', text_storage_id = null
      where batch_tracker_id = ${tracker} and internal_essay_id = ${firstEssay}`,
    reported: ['slot-and-essay-agree'],
  },
  {
    what: 'a slot was written where essays are the inventory',
    inventory: 'essays',
    sql: `update slot_assignments set status = 'assigned', text_storage_id = 'somebody'
      where batch_tracker_id = ${tracker} and internal_essay_id = ${firstEssay}`,
    reported: ['slot-and-essay-agree'],
  },
  ...['original_file_name', 'file_size_bytes', 'content_md5_hash', 'file_upload_id'].map((key) => ({
    what: `the metadata lack ${key}`,
    sql: `update essay_states set processing_metadata = processing_metadata - '${key}'
      where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['documents-complete'],
  })),
  {
    what: 'the references name another content',
    sql: `update essay_states set storage_references = '{"original_essay": "somebody"}'
      where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['documents-complete'],
  },
  {
    what: 'the timeline is empty',
    sql: `update essay_states set timeline = '{}' where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['documents-complete'],
  },
  {
    what: 'an event is missing',
    sql: `delete from event_outbox where aggregate_id = ${firstEssay} and event_type = 'essay.slot.assigned'
      and $1::text is not null`,
    reported: ['one-event-per-assignment'],
  },
  {
    what: 'an event was written twice',
    sql: `insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
      select aggregate_id, aggregate_type, event_type, event_data, event_key, topic from event_outbox
      where aggregate_id = ${firstEssay} and $1::text is not null`,
    reported: ['one-event-per-assignment'],
  },
  {
    what: 'an essay without a content has an event',
    left: 1,
    sql: `insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
      select essay_id, 'essay', 'essay.slot.assigned', '{}', essay_id, 'essay.slot.assigned'
      from essay_states where batch_id = $1 and text_storage_id is null`,
    reported: ['one-event-per-assignment'],
  },
  ...[
    ['another content', `event_data = jsonb_set(event_data, '{text_storage_id}', '"somebody"')`],
    ['another batch', `event_data = jsonb_set(event_data, '{batch_id}', '"elsewhere"')`],
    ['another essay', `event_data = jsonb_set(event_data, '{essay_id}', '"another"')`],
    ['another topic', `topic = 'elsewhere'`],
    ['another key', `event_key = 'elsewhere'`],
    ['another aggregate type', `aggregate_type = 'batch'`],
  ].map(([what, change]) => ({
    what: `an event names ${what}`,
    sql: `update event_outbox set ${change} where aggregate_id = ${firstEssay} and $1::text is not null`,
    reported: ['one-event-per-assignment'],
  })),
  {
    what: 'an essay was written twice',
    sql: `update essay_states set version = version + 1 where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['duplicate-wrote-nothing'],
  },
  {
    what: 'the documents are those of another call than the event',
    sql: `update essay_states
      set processing_metadata = jsonb_set(processing_metadata, '{correlation_id}', '"another call"')
      where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['duplicate-wrote-nothing'],
  },
  {
    what: 'a full batch was not completed',
    sql: 'update batch_essay_trackers set completed_at = null where batch_id = $1',
    reported: ['one-completion-per-full-batch'],
  },
  {
    what: 'the completion event is missing',
    sql: 'delete from event_outbox where aggregate_id = $1',
    reported: ['one-completion-per-full-batch'],
  },
  {
    what: 'the completion event was written twice',
    sql: `insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
      select aggregate_id, aggregate_type, event_type, event_data, event_key, topic from event_outbox
      where aggregate_id = $1`,
    reported: ['one-completion-per-full-batch'],
  },
  {
    what: 'a batch was completed that is not full',
    left: 1,
    sql: 'update batch_essay_trackers set completed_at = now() where batch_id = $1',
    reported: ['one-completion-per-full-batch'],
  },
  {
    what: 'an acknowledged assignment is gone',
    inventory: 'essays',
    left: 1,
    sql: `with gone as (delete from event_outbox where aggregate_id = ${firstEssay})
      update essay_states set text_storage_id = null, current_status = 'uploaded', version = 1,
        processing_metadata = '{}', storage_references = '{}', timeline = '{}'
      where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['acknowledged-is-stored'],
  },
  {
    what: 'an event was written by another transaction than its essay',
    sql: `with gone as (delete from event_outbox where aggregate_id = ${firstEssay} and $1::text is not null returning *)
      insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
      select aggregate_id, aggregate_type, event_type, event_data, event_key, topic from gone`,
    reported: ['event-in-the-same-transaction'],
  },
  {
    what: 'a duplicate wrote the same documents again',
    sql: `update essay_states set updated_at = now() where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['event-in-the-same-transaction'],
  },
  {
    what: 'the size of the file is not a number',
    sql: `update essay_states set processing_metadata = jsonb_set(processing_metadata, '{file_size_bytes}', '"big"')
      where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['documents-complete'],
  },
  {
    what: 'the timeline names no time',
    sql: `update essay_states set timeline = '{"ready_for_processing": "yes"}'
      where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['documents-complete'],
  },
  {
    what: 'a slot does not say when it was assigned',
    sql: `update slot_assignments set assigned_at = null
      where batch_tracker_id = ${tracker} and internal_essay_id = ${firstEssay}`,
    reported: ['documents-complete'],
  },
  {
    what: 'the documents name no call',
    sql: `update essay_states set processing_metadata = processing_metadata - 'correlation_id'
      where batch_id = $1 and essay_id = ${firstEssay}`,
    reported: ['documents-complete'],
  },
];
