-- The batches of runs on tables that are not the tool's, as they were recorded.
select batch_id as "batchId" from run_batches
where run_id = any(:run_ids::text[]) and target_file is not null
order by run_id, batch_id
