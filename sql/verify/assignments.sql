-- Every assignment that the database holds of the batches, and the call that its documents name. Must hold: run once
-- they are quiet.
select batch_id as "batchId", essay_id as "slotId", text_storage_id as "contentId",
  processing_metadata ->> 'correlation_id' as "callId"
from essay_states
where batch_id = any(:batch_ids::text[])
  and text_storage_id is not null
