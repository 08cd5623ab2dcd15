-- The batches that are recorded of a target: of its file, or where the file has moved, of its name.
select batch_id as "batchId" from run_batches
where target_file = :target_file or (target_file is not null and strategy = :strategy)
order by run_id, batch_id
