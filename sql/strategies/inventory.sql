-- inventory: essays
-- Option B: essay_states is the inventory; slot_assignments is neither read nor written.
-- Must hold:
--   * the claim is MATERIALIZED so that it runs once, and locks one essay alone;
--   * the event follows the row that was updated and nothing else; a duplicate writes nothing;
--   * `existing`, `contended` and `no_slot` are read on one snapshot; zero rows claimed is not `no_slot`;
--     the order makes the planner read the index; for a mere `exists` it scans the whole table.
with tracker as materialized (
  select inventory from batch_essay_trackers where batch_id = :batch_id
), existing as materialized (
  select essay_id from essay_states
  where batch_id = :batch_id and text_storage_id = :text_storage_id
    and (select inventory from tracker) = 'essays'
), claimed as materialized (
  select essay_id from essay_states
  where batch_id = :batch_id
    and current_status = 'uploaded'
    and (select inventory from tracker) = 'essays'
    and not exists (select 1 from existing)
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
select essay_id, 'created' as outcome from assigned
union all
select essay_id, 'reused' from existing
union all
select null, case
    when not exists (select 1 from tracker) then 'unknown_batch'
    when (select inventory from tracker) <> 'essays' then 'inventory_mismatch'
    when (
      select essay_id from essay_states
      where batch_id = :batch_id and current_status = 'uploaded'
      order by essay_id collate "C"
      limit 1
    ) is not null then 'contended'
    else 'no_slot'
  end
where not exists (select 1 from assigned) and not exists (select 1 from existing)
