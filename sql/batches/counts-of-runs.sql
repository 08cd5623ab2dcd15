-- How many batches and rows of each kind there are of each run, of one that has none too, but for those whose batches are
-- on other tables. Must hold: counts what delete-runs.sql deletes.
with batches as materialized (
  select run_id, batch_id from run_batches where target_file is null
), essays as materialized (
  select run_id, essay_id from batches join essay_states using (batch_id)
), rows (run_id, kind) as (
  select run_id, 'batch' from batches
  union all
  select run_id, 'essay' from essays
  union all
  select run_id, 'slot' from batches
  join batch_essay_trackers tracker using (batch_id)
  join slot_assignments on batch_tracker_id = tracker.id
  union all
  select run_id, 'event'
  from (select run_id, batch_id as id from batches union all select run_id, essay_id from essays) about
  join event_outbox on aggregate_id = about.id
)
select run_id as "runId",
  count(*) filter (where kind = 'batch')::integer as batches,
  count(*) filter (where kind = 'slot')::integer as slots,
  count(*) filter (where kind = 'essay')::integer as essays,
  count(*) filter (where kind = 'event')::integer as events
from (
  select run_id from runs where not exists (
    select from run_batches where run_batches.run_id = runs.run_id and target_file is not null
  )
  union select run_id from batches
) known
left join rows using (run_id)
group by run_id
