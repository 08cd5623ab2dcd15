-- Every batch of the schema, whoever registered it, and whether a command of the tool did: a service that registers its
-- batches by the library has no record in runs.
select batch_id as "batchId", exists (
  select from run_batches join runs using (run_id) where run_batches.batch_id = tracker.batch_id
) as "isOfRun"
from batch_essay_trackers tracker order by batch_id
