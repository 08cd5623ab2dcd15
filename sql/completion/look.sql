-- Is the batch complete? If so, says it once; else keeps the low-water mark that the caller tells ('': none), for
-- processes that come later. Must hold: run on a snapshot taken after the caller's own commit; of many callers one
-- wins the tracker's row, and the event comes from that update alone. Nothing behind the mark is no proof: what was
-- rolled back before it is found by the look at the whole batch. The order makes the planner read the index of
-- available essays; for a mere `exists` it scans the whole table.
with vacancy as materialized (
  select coalesce((
      select essay_id from essay_states
      where batch_id = :batch_id and current_status = 'uploaded'
        and essay_id collate "C" > (
          select greatest(low_water, :low_water) from batch_essay_trackers where batch_id = :batch_id
        )
      order by essay_id collate "C"
      limit 1
    ), (
      select essay_id from essay_states
      where batch_id = :batch_id and current_status = 'uploaded'
      order by essay_id collate "C"
      limit 1
    )) is null as is_none
), noted as (
  update batch_essay_trackers
  set completed_at = case when is_none then clock_timestamp() end, low_water = greatest(low_water, :low_water)
  from vacancy
  where batch_id = :batch_id and completed_at is null and (is_none or low_water < :low_water)
  returning batch_id, expected_count, correlation_id, completed_at
), won as (
  select batch_id, expected_count, correlation_id from noted where completed_at is not null
), event as (
  insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
  select batch_id, 'batch', 'batch.content.provisioning.completed',
    jsonb_build_object('batch_id', batch_id, 'provisioned_count', expected_count,
      'correlation_id', correlation_id),
    batch_id, 'batch.content.provisioning.completed'
  from won
)
select case
    when exists (select 1 from won) then 'completed'
    when (select completed_at from batch_essay_trackers where batch_id = :batch_id) is not null
      then 'already_completed'
    else 'open'
  end as state
