-- Copies to slot_assignments what essay_states has and it has not: taken slots, and slots that are missing; :most of them
-- at once, null: all. Must hold: a slot that has a content, or has failed, is left alone.
with tracker as materialized (
  select id from batch_essay_trackers where batch_id = :batch_id
), missing as materialized (
  select tracker.id as batch_tracker_id, essay.essay_id, essay.text_storage_id,
    essay.processing_metadata ->> 'original_file_name' as original_file_name, essay.updated_at
  from tracker cross join essay_states essay
    left join slot_assignments slot
      on slot.batch_tracker_id = tracker.id and slot.internal_essay_id = essay.essay_id
  where essay.batch_id = :batch_id
    and (slot.id is null
      or (slot.status = 'available' and essay.text_storage_id is not null))
  limit :most::integer
)
insert into slot_assignments as slot
  (batch_tracker_id, internal_essay_id, status, text_storage_id, original_file_name, assigned_at)
select batch_tracker_id, essay_id, case when text_storage_id is null then 'available' else 'assigned' end,
  text_storage_id, original_file_name, case when text_storage_id is not null then updated_at end
from missing
on conflict (batch_tracker_id, internal_essay_id) do update
set status = excluded.status, text_storage_id = excluded.text_storage_id,
  original_file_name = excluded.original_file_name, assigned_at = excluded.assigned_at
where slot.status = 'available'
