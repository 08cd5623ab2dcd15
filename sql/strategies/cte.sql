-- inventory: slots
-- Option A: existing → claim → update → upsert → event → answer, in one statement.
-- Must hold:
--   * the claim locks its slot alone, never the tracker, and is MATERIALIZED so that it runs once;
--   * essay state is written only for a slot that this call took, or for an orphan (slot assigned, essay
--     not), whose timeline says that it was repaired, never over another content; the event follows what was
--     written and nothing else;
--   * `existing`, `contended` and `no_slot` are read on one snapshot; zero rows claimed is not `no_slot`;
--     the order makes the planner read the index; for a mere `exists` it scans the whole table.
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
  select internal_essay_id, '{}'::jsonb as repair from assigned
  union all
  select internal_essay_id, jsonb_build_object('repaired', :timeline::jsonb -> 'ready_for_processing')
  from existing
  where not exists (
    select 1 from essay_states
    where essay_id = existing.internal_essay_id and text_storage_id is not null
  )
), written as (
  insert into essay_states as essay (essay_id, batch_id, current_status, processing_metadata,
    storage_references, timeline, text_storage_id, updated_at)
  select internal_essay_id, :batch_id, 'ready_for_processing', :processing_metadata::jsonb,
    :storage_references::jsonb, :timeline::jsonb || repair, :text_storage_id, now()
  from owed
  on conflict (essay_id) do update
  set current_status = excluded.current_status, processing_metadata = excluded.processing_metadata,
    storage_references = excluded.storage_references, timeline = excluded.timeline,
    text_storage_id = excluded.text_storage_id, updated_at = excluded.updated_at,
    version = essay.version + 1
  where essay.text_storage_id is null
  returning essay_id
), event as (
  insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
  select essay_id, 'essay', 'essay.slot.assigned',
    jsonb_build_object('batch_id', :batch_id::text, 'essay_id', essay_id,
      'text_storage_id', :text_storage_id::text, 'correlation_id', :correlation_id::text),
    essay_id, 'essay.slot.assigned'
  from written
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
