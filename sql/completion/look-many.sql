-- look.sql for several batches at once; :due is a JSON array of objects with batch_id and low_water, each batch once.
-- Must hold, besides what look.sql says: it waits for nobody, so that who holds one batch's tracker does not hold up the
-- others; `busy` is a batch that was not looked at for that reason: it must be looked at again.
with due as materialized (
  select tracker.batch_id, greatest(tracker.low_water, item.low_water) as low_water
  from jsonb_to_recordset(:due::jsonb) as item (batch_id text, low_water text)
    join batch_essay_trackers tracker using (batch_id)
), looked as materialized (
  select batch_id, low_water, coalesce((
      select essay_id from essay_states
      where batch_id = due.batch_id and current_status = 'uploaded' and essay_id collate "C" > due.low_water
      order by essay_id collate "C"
      limit 1
    ), (
      select essay_id from essay_states
      where batch_id = due.batch_id and current_status = 'uploaded'
      order by essay_id collate "C"
      limit 1
    )) is null as is_none
  from due
), locked as materialized (
  select tracker.batch_id, is_none
  from batch_essay_trackers tracker join looked using (batch_id)
  where completed_at is null and (is_none or tracker.low_water < looked.low_water)
  for no key update of tracker skip locked
), noted as (
  update batch_essay_trackers tracker
  set completed_at = case when is_none then clock_timestamp() end,
    low_water = greatest(tracker.low_water, looked.low_water)
  from locked join looked using (batch_id, is_none)
  where tracker.batch_id = locked.batch_id and completed_at is null
  returning tracker.batch_id, expected_count, correlation_id, completed_at
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
select tracker.batch_id, case
    when won.batch_id is not null then 'completed'
    when tracker.completed_at is not null then 'already_completed'
    when locked.batch_id is null and (looked.is_none or tracker.low_water < looked.low_water) then 'busy'
    else 'open'
  end as state
from looked
  join batch_essay_trackers tracker using (batch_id)
  left join locked on locked.batch_id = looked.batch_id
  left join won on won.batch_id = looked.batch_id
