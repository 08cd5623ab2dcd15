-- Removes what runs made. Must hold: only batches that run_batches says these runs made on these tables, and their rows.
-- Batches on others stay recorded, and their runs: their target's `remove` alone removes them.
with forgotten as (
  delete from run_batches where run_id = any(:run_ids::text[]) and target_file is null returning batch_id
), records as (
  delete from runs
  where run_id = any(:run_ids::text[])
    and not exists (
      select from run_batches where run_batches.run_id = runs.run_id and target_file is not null
    )
), essays as (
  delete from essay_states where batch_id in (select batch_id from forgotten) returning essay_id
), events as (
  delete from event_outbox
  where aggregate_id in (select essay_id from essays union all select batch_id from forgotten)
), slots as (
  delete from slot_assignments
  where batch_tracker_id in (
    select id from batch_essay_trackers where batch_id in (select batch_id from forgotten)
  )
)
delete from batch_essay_trackers where batch_id in (select batch_id from forgotten)
