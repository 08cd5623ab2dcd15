-- Every assignment that the database holds of the batches, and the call that its documents name. Must hold: run once
-- they are quiet.
select batch_id as "batchId", essay_id as "essayId", text_storage_id as "textStorageId",
  processing_metadata ->> 'correlation_id' as "correlationId"
from essay_states
where batch_id = any(:batch_ids::text[])
  and text_storage_id is not null
