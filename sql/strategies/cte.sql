-- inventory: slots
-- Option A: existing → claim → update → upsert → event → answer, in one statement.
-- Must hold:
--   * the claim locks its slot alone, never the tracker, and is MATERIALIZED so that it runs once;
--   * essay state is written only for a slot that this call took, or for an orphan (slot assigned, essay
--     not), whose timeline says that it was repaired, never over another content; the event follows what was
--     written and nothing else;
--   * the claim starts behind the low-water mark, past the dead index entries of what was taken before; a null
--     mark: it looks everywhere, as it must before `contended` is believed. `no_slot` is said of the whole batch,
--     wherever the claim started;
--   * a batch that is switched from one inventory to the other is `contended`;
--   * `existing`, `contended` and `no_slot` are read on one snapshot; zero rows claimed is not `no_slot`; a completed
--     batch has no free slot, however many dead entries a look would have to pass;
--     the order makes the planner read the index; for a mere `exists` it scans the whole table.
with seen as materialized (
  select id, inventory = 'slots' as fits, inventory = 'switching' as is_switching, completed_at is null as is_open,
    case when :low_water::text is null then '' else greatest(low_water, :low_water) end as low_water,
    (
      select internal_essay_id from slot_assignments
      where batch_tracker_id = tracker.id and text_storage_id = :text_storage_id
    ) as existing
  from batch_essay_trackers tracker
  where batch_id = :batch_id
), claimed as materialized (
  select id from slot_assignments
  where batch_tracker_id = (select id from seen where fits and is_open and existing is null)
    and status = 'available'
    and internal_essay_id collate "C" > (select low_water from seen)
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
  select existing, jsonb_build_object('repaired', :timeline::jsonb -> 'ready_for_processing')
  from seen
  where fits and existing is not null and not exists (
    select 1 from essay_states
    where essay_id = seen.existing and text_storage_id is not null
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
select coalesce(assigned.internal_essay_id, seen.existing) as essay_id, case
    when assigned.internal_essay_id is not null then 'created'
    when seen.id is null then 'unknown_batch'
    when seen.is_switching then 'contended'
    when not seen.fits then 'inventory_mismatch'
    when seen.existing is not null then 'reused'
    when not seen.is_open then 'no_slot'
    when (
      select id from slot_assignments
      where batch_tracker_id = seen.id and status = 'available'
      order by internal_essay_id collate "C"
      limit 1
    ) is not null then 'contended'
    else 'no_slot'
  end as outcome
from (select) as always
  left join seen on true
  left join assigned on true
