-- Copies to essay_states what slot_assignments has and it has not: essays of free slots. Who takes a slot writes its
-- essay too, so nothing else is missing; :most of them at once, null: all.
insert into essay_states (essay_id, batch_id)
select slot.internal_essay_id, :batch_id
from batch_essay_trackers tracker
  join slot_assignments slot on slot.batch_tracker_id = tracker.id
where tracker.batch_id = :batch_id
  and slot.status = 'available'
  and not exists (select 1 from essay_states where essay_id = slot.internal_essay_id)
limit :most::integer
on conflict (essay_id) do nothing
