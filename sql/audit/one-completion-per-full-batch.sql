-- Must hold: a batch without an uploaded essay has completed_at and exactly one completion event; any other
-- batch has neither. Returns the batches that differ, each once.
with events as materialized (
  select aggregate_id as batch_id, count(*)::integer as events
  from event_outbox
  where event_type = 'batch.content.provisioning.completed'
    and aggregate_id = any(:batch_ids::text[])
  group by aggregate_id
), states as (
  select tracker.batch_id, tracker.completed_at is not null as completed,
    not exists (
      select 1 from essay_states
      where batch_id = tracker.batch_id and current_status = 'uploaded'
    ) as is_full,
    coalesce(events.events, 0) as events
  from batch_essay_trackers tracker left join events using (batch_id)
  where tracker.batch_id = any(:batch_ids::text[])
)
select batch_id as "batchId", 'batch_essay_trackers.completed_at' as field,
  case when completed then 'a time' end as found,
  case when is_full then 'a time, for no essay is uploaded' end as expected
from states
where is_full <> completed
union all
select batch_id, 'completion events with this batch as event_outbox.aggregate_id', events::text,
  is_full::integer::text
from states
where is_full = completed and is_full::integer <> events
