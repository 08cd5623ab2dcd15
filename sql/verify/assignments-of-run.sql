-- Every assignment that the database holds of a run. Must hold: run once the run is quiet.
select batch_id as "batchId", essay_id as "essayId", text_storage_id as "textStorageId"
from essay_states
where batch_id in (select batch_id from run_batches where run_id = :run_id)
  and text_storage_id is not null
