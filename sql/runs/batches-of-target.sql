-- The batches that are recorded of a target: of its file, and of files of its name that have gone. Must hold: a target of the
-- same name whose file is there is another one.
select batch_id as "batchId" from run_batches
where target_file = :target_file or (strategy = :strategy and target_file = any(:gone_files::text[]))
order by run_id, batch_id
