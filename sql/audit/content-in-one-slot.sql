-- Must hold: within a batch a content has one slot and one essay at the most. Returns contents with more.
select batch_id as "batchId", text_storage_id as "contentId", 'rows of essay_states with this text_storage_id' as field,
  count(*)::integer as found, 1 as expected
from essay_states
where text_storage_id is not null
  and batch_id = any(:batch_ids::text[])
group by batch_id, text_storage_id
having count(*) > 1
union all
select tracker.batch_id, slot.text_storage_id, 'rows of slot_assignments with this text_storage_id',
  count(*)::integer, 1
from batch_essay_trackers tracker
join slot_assignments slot on slot.batch_tracker_id = tracker.id
where slot.text_storage_id is not null
  and tracker.batch_id = any(:batch_ids::text[])
group by tracker.batch_id, slot.text_storage_id
having count(*) > 1
