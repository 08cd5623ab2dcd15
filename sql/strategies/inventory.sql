-- inventory: essays
-- Option B: essay_states is the inventory; slot_assignments is neither read nor written.
-- Must hold:
--   * the claim is MATERIALIZED so that it runs once, and locks one essay alone;
--   * the event follows the row that was updated and nothing else; a duplicate writes nothing;
--   * the claim starts behind the low-water mark, past the dead index entries of what was taken before; a null
--     mark: it looks everywhere, as it must before `contended` is believed. `no_slot` is said of the whole batch,
--     wherever the claim started;
--   * a batch that is switched from one inventory to the other is `contended`;
--   * `existing`, `contended` and `no_slot` are read on one snapshot; zero rows claimed is not `no_slot`; a completed
--     batch has no free essay, however many dead entries a look would have to pass;
--     the order makes the planner read the index; for a mere `exists` it scans the whole table.
with seen as materialized (
  select batch_id, inventory = 'essays' as fits, inventory = 'switching' as is_switching,
    completed_at is null as is_open,
    case when :low_water::text is null then '' else greatest(low_water, :low_water) end as low_water,
    (
      select essay_id from essay_states where batch_id = :batch_id and text_storage_id = :text_storage_id
    ) as existing
  from batch_essay_trackers
  where batch_id = :batch_id
), claimed as materialized (
  select essay_id from essay_states
  where batch_id = (select batch_id from seen where fits and is_open and existing is null)
    and current_status = 'uploaded'
    and essay_id collate "C" > (select low_water from seen)
  order by essay_id collate "C"
  limit 1
  for no key update skip locked
), assigned as (
  update essay_states essay
  set current_status = 'ready_for_processing', processing_metadata = :processing_metadata::jsonb,
    storage_references = :storage_references::jsonb, timeline = :timeline::jsonb,
    text_storage_id = :text_storage_id, updated_at = now(), version = essay.version + 1
  from claimed
  where essay.essay_id = claimed.essay_id
  returning essay.essay_id
), event as (
  insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
  select essay_id, 'essay', 'essay.slot.assigned',
    jsonb_build_object('batch_id', :batch_id::text, 'essay_id', essay_id,
      'text_storage_id', :text_storage_id::text, 'correlation_id', :correlation_id::text),
    essay_id, 'essay.slot.assigned'
  from assigned
)
select coalesce(assigned.essay_id, seen.existing) as essay_id, case
    when assigned.essay_id is not null then 'created'
    when seen.batch_id is null then 'unknown_batch'
    when seen.is_switching then 'contended'
    when not seen.fits then 'inventory_mismatch'
    when seen.existing is not null then 'reused'
    when not seen.is_open then 'no_slot'
    when (
      select essay_id from essay_states
      where batch_id = :batch_id and current_status = 'uploaded'
      order by essay_id collate "C"
      limit 1
    ) is not null then 'contended'
    else 'no_slot'
  end as outcome
from (select) as always
  left join seen on true
  left join assigned on true
