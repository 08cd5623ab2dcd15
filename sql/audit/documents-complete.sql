-- Must hold: an assigned essay's three documents are whole, of the right types, and speak of its content; its slot,
-- where slots are the inventory, says when and for which file. Returns those that are not, of each document the
-- beginning: it may be large.
select essay.batch_id, essay.essay_id, essay.text_storage_id,
  left(essay.processing_metadata::text, 2000) as processing_metadata,
  left(essay.storage_references::text, 2000) as storage_references, left(essay.timeline::text, 2000) as timeline
from essay_states essay
where essay.batch_id = any(:batch_ids::text[])
  and essay.text_storage_id is not null
  and not coalesce(
    jsonb_typeof(essay.processing_metadata -> 'original_file_name') = 'string'
    and jsonb_typeof(essay.processing_metadata -> 'file_size_bytes') = 'number'
    and jsonb_typeof(essay.processing_metadata -> 'content_md5_hash') = 'string'
    and jsonb_typeof(essay.processing_metadata -> 'file_upload_id') = 'string'
    and jsonb_typeof(essay.processing_metadata -> 'correlation_id') = 'string'
    and essay.storage_references ->> 'original_essay' = essay.text_storage_id
    and essay.timeline ->> 'ready_for_processing' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d',
    false
  )
union all
select tracker.batch_id, slot.internal_essay_id, slot.text_storage_id, slot.original_file_name,
  slot.assigned_at::text, null
from batch_essay_trackers tracker
join slot_assignments slot on slot.batch_tracker_id = tracker.id
where tracker.batch_id = any(:batch_ids::text[])
  and tracker.inventory = 'slots'
  and slot.text_storage_id is not null
  and (slot.original_file_name is null or slot.assigned_at is null)
