-- Removes the records of runs. Must hold: when their batches are gone from the tables that they were registered on.
with forgotten as (
  delete from run_batches where run_id = any(:run_ids::text[])
)
delete from runs where run_id = any(:run_ids::text[])
