-- Must hold: what the creating call wrote is still what stands: the essay was written once (registered as
-- version 1, assigned as 2) and its documents carry the correlation id of the created event.
select essay.batch_id, essay.essay_id, essay.text_storage_id, essay.version,
  essay.processing_metadata ->> 'correlation_id' as written_by,
  event.event_data ->> 'correlation_id' as created_by
from essay_states essay
join event_outbox event on event.aggregate_id = essay.essay_id and event.event_type = 'essay.slot.assigned'
where essay.batch_id = any(:batch_ids::text[])
  and (essay.version > 2
    or essay.processing_metadata ->> 'correlation_id' is distinct from event.event_data ->> 'correlation_id')
