-- Removes the records of batches on tables that are not the tool's, and of their runs. Must hold: when the batches are
-- gone from the tables that they were registered on; a run that has batches on the tool's tables stays.
with forgotten as (
  delete from run_batches where run_id = any(:run_ids::text[]) and target_file is not null
)
delete from runs
where run_id = any(:run_ids::text[])
  and not exists (
    select from run_batches where run_batches.run_id = runs.run_id and target_file is null
  )
