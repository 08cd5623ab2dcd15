-- Must hold: a batch has as many essays as it was registered with, and where slots are the inventory as many slots.
-- Returns the batches that differ.
with essays as materialized (
  select batch_id, count(*)::integer as essays from essay_states
  where batch_id = any(:batch_ids::text[])
  group by batch_id
), slots as materialized (
  select slot.batch_tracker_id, count(*)::integer as slots
  from batch_essay_trackers tracker
  join slot_assignments slot on slot.batch_tracker_id = tracker.id
  where tracker.batch_id = any(:batch_ids::text[])
  group by slot.batch_tracker_id
)
select tracker.batch_id, tracker.inventory, tracker.expected_count,
  coalesce(essays.essays, 0) as essays, coalesce(slots.slots, 0) as slots
from batch_essay_trackers tracker
  left join essays using (batch_id)
  left join slots on slots.batch_tracker_id = tracker.id
where tracker.batch_id = any(:batch_ids::text[])
  and (coalesce(essays.essays, 0) <> tracker.expected_count
    or (tracker.inventory = 'slots' and coalesce(slots.slots, 0) <> tracker.expected_count))
