-- The files with which batches of a target's name are recorded.
select distinct target_file as file from run_batches where strategy = :strategy and target_file is not null
