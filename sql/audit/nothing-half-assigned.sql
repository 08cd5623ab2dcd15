-- Must hold: an essay is ready exactly when it has a content; a slot is assigned exactly when it has one. Returns those
-- that differ: without a content that is what is missing, with one the status is wrong.
select batch_id as "batchId", essay_id as "slotId", text_storage_id as "contentId",
  case when text_storage_id is null then 'essay_states.text_storage_id' else 'essay_states.current_status' end as field,
  case when text_storage_id is not null then current_status::text end as found,
  case when text_storage_id is null then 'a content, for current_status is ready_for_processing'
    else 'ready_for_processing' end as expected
from essay_states
where batch_id = any(:batch_ids::text[])
  and (current_status = 'ready_for_processing') <> (text_storage_id is not null)
union all
select tracker.batch_id, slot.internal_essay_id, slot.text_storage_id,
  case when slot.text_storage_id is null then 'slot_assignments.text_storage_id' else 'slot_assignments.status' end,
  case when slot.text_storage_id is not null then slot.status end,
  case when slot.text_storage_id is null then 'a content, for status is assigned' else 'assigned' end
from batch_essay_trackers tracker
join slot_assignments slot on slot.batch_tracker_id = tracker.id
where tracker.batch_id = any(:batch_ids::text[])
  and (slot.status = 'assigned') <> (slot.text_storage_id is not null)
