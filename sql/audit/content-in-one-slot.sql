-- Must hold: within a batch a content has one slot and one essay at the most. Returns contents with more.
select batch_id, text_storage_id, 'essay_states' as found_in, count(*)::integer as times
from essay_states
where text_storage_id is not null
  and batch_id = any(:batch_ids::text[])
group by batch_id, text_storage_id
having count(*) > 1
union all
select tracker.batch_id, slot.text_storage_id, 'slot_assignments', count(*)::integer
from batch_essay_trackers tracker
join slot_assignments slot on slot.batch_tracker_id = tracker.id
where slot.text_storage_id is not null
  and tracker.batch_id = any(:batch_ids::text[])
group by tracker.batch_id, slot.text_storage_id
having count(*) > 1
