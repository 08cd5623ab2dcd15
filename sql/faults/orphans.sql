-- Slots that were taken in legacy's first transaction and whose essay the second one has not written.
select slot.text_storage_id as content_id
from batch_essay_trackers tracker
join slot_assignments slot on slot.batch_tracker_id = tracker.id
join essay_states essay on essay.essay_id = slot.internal_essay_id
where tracker.batch_id = any(:batch_ids::text[])
  and slot.text_storage_id is not null and essay.text_storage_id is null
