-- inventory: slots
-- Pitfall 1: Option A as ELS-004 words it. VALUES ((SELECT …)) inserts NULL when no slot was found.
with existing as (
  select sa.internal_essay_id from slot_assignments sa
  join batch_essay_trackers t on t.id = sa.batch_tracker_id
  where t.batch_id = :batch_id and sa.text_storage_id = :text_storage_id
  limit 1
), grab as (
  select sa.id, sa.internal_essay_id from slot_assignments sa
  join batch_essay_trackers t on t.id = sa.batch_tracker_id
  where t.batch_id = :batch_id and sa.status = 'available' and not exists (select 1 from existing)
  order by sa.internal_essay_id
  limit 1
  for update skip locked
), upd as (
  update slot_assignments s
  set status = 'assigned', text_storage_id = :text_storage_id, original_file_name = :original_file_name,
    assigned_at = now()
  from grab g
  where s.id = g.id
  returning g.internal_essay_id
), chosen as (
  select internal_essay_id from existing union all select internal_essay_id from upd limit 1
), upsert as (
  insert into essay_states (essay_id, batch_id, current_status, processing_metadata, storage_references,
    timeline, text_storage_id, updated_at)
  values ((select internal_essay_id from chosen), :batch_id, 'ready_for_processing', :processing_metadata,
    :storage_references, :timeline, :text_storage_id, now())
  on conflict (essay_id) do update
  set current_status = 'ready_for_processing', processing_metadata = :processing_metadata,
    storage_references = :storage_references, timeline = :timeline, text_storage_id = :text_storage_id,
    updated_at = now()
  returning essay_id
), event as (
  insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
  select internal_essay_id, 'essay', 'essay.slot.assigned',
    jsonb_build_object('batch_id', :batch_id, 'essay_id', internal_essay_id,
      'text_storage_id', :text_storage_id, 'correlation_id', :correlation_id),
    internal_essay_id, 'essay.slot.assigned'
  from upd
)
select essay_id, case when exists (select 1 from upd) then 'created' else 'reused' end as outcome from upsert
