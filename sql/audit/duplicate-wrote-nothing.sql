-- Must hold: what the creating call wrote is still what stands: the essay was written once (registered as
-- version 1, assigned as 2) and its documents carry the correlation id of the created event. What carries no
-- correlation id cannot be compared and accuses nobody: verify/evidence counts it.
select essay.batch_id as "batchId", essay.essay_id as "slotId", essay.text_storage_id as "contentId",
  case when essay.version > 2 then 'essay_states.version'
    else 'essay_states.processing_metadata.correlation_id' end as field,
  case when essay.version > 2 then essay.version::text
    else essay.processing_metadata ->> 'correlation_id' end as found,
  case when essay.version > 2 then '2, as the creating call wrote it'
    else event.event_data ->> 'correlation_id' end as expected
from essay_states essay
left join event_outbox event on event.aggregate_id = essay.essay_id and event.event_type = 'essay.slot.assigned'
where essay.batch_id = any(:batch_ids::text[])
  and (essay.version > 2
    or essay.processing_metadata ->> 'correlation_id' <> event.event_data ->> 'correlation_id')
