-- Is the batch complete? If so, says it once. Must hold: run on a snapshot taken after the caller's own
-- commit; of many callers one wins the tracker's row, and the event comes from that update alone. The order
-- makes the planner read the index of available essays; for a mere `exists` it scans the whole table.
with won as (
  update batch_essay_trackers
  set completed_at = clock_timestamp()
  where batch_id = :batch_id and completed_at is null
    and (
      select essay_id from essay_states
      where batch_id = :batch_id and current_status = 'uploaded'
      order by essay_id collate "C"
      limit 1
    ) is null
  returning batch_id, expected_count, correlation_id
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
