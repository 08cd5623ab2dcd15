-- inventory: slots
-- Pitfall 3: every duplicate overwrites the essay's state; the event is written by the creating call alone.
with tracker as materialized (
  select id, inventory from batch_essay_trackers where batch_id = :batch_id
), existing as materialized (
  select internal_essay_id from slot_assignments
  where batch_tracker_id = (select id from tracker where inventory = 'slots')
    and text_storage_id = :text_storage_id
), claimed as materialized (
  select id from slot_assignments
  where batch_tracker_id = (select id from tracker where inventory = 'slots')
    and status = 'available'
    and not exists (select 1 from existing)
  order by internal_essay_id collate "C"
  limit 1
  for no key update skip locked
), assigned as (
  update slot_assignments slot
  set status = 'assigned', text_storage_id = :text_storage_id,
    original_file_name = :original_file_name, assigned_at = now()
  from claimed
  where slot.id = claimed.id
  returning slot.internal_essay_id
), owed as (
  select internal_essay_id from assigned
  union all
  select internal_essay_id from existing
), written as (
  insert into essay_states as essay (essay_id, batch_id, current_status, processing_metadata,
    storage_references, timeline, text_storage_id, updated_at)
  select internal_essay_id, :batch_id, 'ready_for_processing', :processing_metadata::jsonb,
    :storage_references::jsonb, :timeline::jsonb, :text_storage_id, now()
  from owed
  on conflict (essay_id) do update
  set current_status = excluded.current_status, processing_metadata = excluded.processing_metadata,
    storage_references = excluded.storage_references, timeline = excluded.timeline,
    text_storage_id = excluded.text_storage_id, updated_at = excluded.updated_at,
    version = essay.version + 1
  returning essay_id
), event as (
  insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
  select internal_essay_id, 'essay', 'essay.slot.assigned',
    jsonb_build_object('batch_id', :batch_id::text, 'essay_id', internal_essay_id,
      'text_storage_id', :text_storage_id::text, 'correlation_id', :correlation_id::text),
    internal_essay_id, 'essay.slot.assigned'
  from assigned
)
select internal_essay_id as essay_id, 'created' as outcome from assigned
union all
select internal_essay_id, 'reused' from existing
union all
select null, case
    when not exists (select 1 from tracker) then 'unknown_batch'
    when (select inventory from tracker) <> 'slots' then 'inventory_mismatch'
    when (
      select id from slot_assignments
      where batch_tracker_id = (select id from tracker) and status = 'available'
      order by internal_essay_id collate "C"
      limit 1
    ) is not null then 'contended'
    else 'no_slot'
  end
where not exists (select 1 from assigned) and not exists (select 1 from existing)
