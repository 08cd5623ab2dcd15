-- Must hold: an assigned essay's three documents are whole, of the right types, and speak of its content; its slot,
-- where slots are the inventory, says when and for which file. Returns those that are not: the first field that is
-- missing or wrong, its value's beginning (it may be large), and how many fields are.
select essay.batch_id as "batchId", essay.essay_id as "slotId", essay.text_storage_id as "contentId", wrong.field,
  left(wrong.value::text, 2000) as found, wrong.expected, wrong.wrong_fields
from essay_states essay
cross join lateral (
  select field, value, expected, (count(*) over ())::integer as wrong_fields
  from (values
    (1, 'processing_metadata.original_file_name', processing_metadata -> 'original_file_name', 'a string',
      jsonb_typeof(processing_metadata -> 'original_file_name') = 'string'),
    (2, 'processing_metadata.file_size_bytes', processing_metadata -> 'file_size_bytes', 'a number',
      jsonb_typeof(processing_metadata -> 'file_size_bytes') = 'number'),
    (3, 'processing_metadata.content_md5_hash', processing_metadata -> 'content_md5_hash', 'a string',
      jsonb_typeof(processing_metadata -> 'content_md5_hash') = 'string'),
    (4, 'processing_metadata.file_upload_id', processing_metadata -> 'file_upload_id', 'a string',
      jsonb_typeof(processing_metadata -> 'file_upload_id') = 'string'),
    (5, 'processing_metadata.correlation_id', processing_metadata -> 'correlation_id', 'a string',
      jsonb_typeof(processing_metadata -> 'correlation_id') = 'string'),
    (6, 'storage_references.original_essay', storage_references -> 'original_essay', text_storage_id,
      storage_references ->> 'original_essay' = text_storage_id),
    (7, 'timeline.ready_for_processing', timeline -> 'ready_for_processing', 'a time, ISO 8601',
      timeline ->> 'ready_for_processing' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d')
  ) as fields (position, field, value, expected, holds)
  where holds is not true
  order by position
  limit 1
) wrong
where essay.batch_id = any(:batch_ids::text[])
  and essay.text_storage_id is not null
union all
select tracker.batch_id, slot.internal_essay_id, slot.text_storage_id,
  case when slot.original_file_name is null then 'slot_assignments.original_file_name'
    else 'slot_assignments.assigned_at' end,
  null, case when slot.original_file_name is null then 'a name' else 'a time' end,
  (slot.original_file_name is null)::integer + (slot.assigned_at is null)::integer
from batch_essay_trackers tracker
join slot_assignments slot on slot.batch_tracker_id = tracker.id
where tracker.batch_id = any(:batch_ids::text[])
  and tracker.inventory = 'slots'
  and slot.text_storage_id is not null
  and (slot.original_file_name is null or slot.assigned_at is null)
