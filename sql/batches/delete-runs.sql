-- Removes what runs made. Must hold: only batches that run_batches says these runs made, and their rows.
with forgotten as (
  delete from run_batches where run_id = any(:run_ids::text[]) returning batch_id
), records as (
  delete from runs where run_id = any(:run_ids::text[])
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
