-- How many batches on tables that are not the tool's are recorded of each run.
select run_id as "runId", count(*)::integer as batches from run_batches where target_file is not null group by run_id
