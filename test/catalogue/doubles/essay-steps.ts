// Option B in steps, for those who do not do it in one statement.

/** The essay that a content has already. */
export const FIND = `
  select essay_id from essay_states where batch_id = :batch_id and text_storage_id = :text_storage_id`;
/** Locks a free essay for as long as the transaction lasts. */
export const LOCK_ONE = `
  select essay_id from essay_states where batch_id = :batch_id and current_status = 'uploaded'
  order by essay_id limit 1 for update skip locked`;
/** Writes an essay. */
export const WRITE_ESSAY = `
  update essay_states
  set current_status = 'ready_for_processing', text_storage_id = :text_storage_id, version = version + 1,
    processing_metadata = :processing_metadata, storage_references = :storage_references,
    timeline = :timeline
  where essay_id = :essay_id
  returning essay_id`;
/** Writes an essay and its event. */
export const WRITE = `
  with written as (${WRITE_ESSAY})
  insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
  select essay_id, 'essay', 'essay.slot.assigned',
    jsonb_build_object('batch_id', :batch_id::text, 'essay_id', essay_id,
      'text_storage_id', :text_storage_id::text, 'correlation_id', :correlation_id::text),
    essay_id, 'essay.slot.assigned'
  from written`;
