-- The batches of runs, as they were recorded.
select batch_id as "batchId" from run_batches where run_id = any(:run_ids::text[])
