-- Must hold: an essay and its essay.slot.assigned event were written by one transaction, and the essay not since.
-- Returns essays whose row version came from another transaction than their event.
select essay.batch_id, essay.essay_id, essay.text_storage_id, essay.xmin::text as essay_written_by,
  event.xmin::text as event_written_by
from essay_states essay
join event_outbox event on event.aggregate_id = essay.essay_id and event.event_type = 'essay.slot.assigned'
where essay.batch_id = any(:batch_ids::text[])
  and essay.text_storage_id is not null
  and essay.xmin <> event.xmin
