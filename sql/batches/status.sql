-- One row if the batch exists. Must hold: for inventory 'essays', and on the way from there, every figure derives from
-- essay_states alone.
select tracker.batch_id as "batchId",
  tracker.inventory,
  tracker.switching_to as "switchingTo",
  tracker.expected_count as "expected",
  (
    select count(*)::integer from essay_states
    where batch_id = tracker.batch_id and current_status = 'ready_for_processing'
  ) as "ready",
  case
    when tracker.inventory = 'essays' or tracker.switching_to = 'slots' then (
      select count(*)::integer from essay_states
      where batch_id = tracker.batch_id and current_status = 'uploaded'
    )
    else (
      select count(*)::integer from slot_assignments
      where batch_tracker_id = tracker.id and status = 'available'
    )
  end as "available",
  tracker.completed_at as "completedAt"
from batch_essay_trackers tracker
where tracker.batch_id = :batch_id
