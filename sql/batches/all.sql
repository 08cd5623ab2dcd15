-- Every batch of the schema, whoever registered it, and whether a run did.
select batch_id as "batchId", exists (select from run_batches where run_batches.batch_id = tracker.batch_id) as "isOfRun"
from batch_essay_trackers tracker order by batch_id
