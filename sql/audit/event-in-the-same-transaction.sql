-- Must hold: an essay and its essay.slot.assigned event were written by one transaction, and the essay not since.
-- Returns essays whose row version came from another transaction than their event. An essay without an event is not
-- asked: verify/evidence counts it.
select essay.batch_id as "batchId", essay.essay_id as "slotId", essay.text_storage_id as "contentId",
  'essay_states.xmin, the transaction that wrote the essay' as field, essay.xmin::text as found,
  event.xmin::text || ', which wrote its event' as expected
from essay_states essay
join event_outbox event on event.aggregate_id = essay.essay_id and event.event_type = 'essay.slot.assigned'
where essay.batch_id = any(:batch_ids::text[])
  and essay.text_storage_id is not null
  and essay.xmin <> event.xmin
