-- Must hold: a batch has as many essays as it was registered with, and where slots are the inventory as many slots.
-- Returns the tables that hold another number of a batch's rows.
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
), trackers as (
  select tracker.batch_id, tracker.inventory, tracker.expected_count,
    coalesce(essays.essays, 0) as essays, coalesce(slots.slots, 0) as slots
  from batch_essay_trackers tracker
    left join essays using (batch_id)
    left join slots on slots.batch_tracker_id = tracker.id
  where tracker.batch_id = any(:batch_ids::text[])
)
select batch_id as "batchId", 'rows of essay_states' as field, essays as found, expected_count as expected
from trackers
where essays <> expected_count
union all
select batch_id, 'rows of slot_assignments', slots, expected_count
from trackers
where inventory = 'slots' and slots <> expected_count
