-- Must hold: an essay is ready exactly when it has a content; a slot is assigned exactly when it has one.
select batch_id, essay_id, current_status::text as status, text_storage_id
from essay_states
where batch_id = any(:batch_ids::text[])
  and (current_status = 'ready_for_processing') <> (text_storage_id is not null)
union all
select tracker.batch_id, slot.internal_essay_id, slot.status, slot.text_storage_id
from batch_essay_trackers tracker
join slot_assignments slot on slot.batch_tracker_id = tracker.id
where tracker.batch_id = any(:batch_ids::text[])
  and (slot.status = 'assigned') <> (slot.text_storage_id is not null)
