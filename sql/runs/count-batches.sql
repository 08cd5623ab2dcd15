-- How many batches are recorded of each run.
select run_id as "runId", count(*)::integer as batches from run_batches group by run_id
