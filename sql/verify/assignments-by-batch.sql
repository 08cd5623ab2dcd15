-- Not an invariant by itself: how many slots each batch has to give, and how many contents hold one.
select tracker.batch_id as "batchId",
  case tracker.inventory
    when 'essays' then (select count(*)::integer from essay_states where batch_id = tracker.batch_id)
    else (
      select count(*)::integer from slot_assignments
      where batch_tracker_id = tracker.id and status <> 'failed'
    )
  end as "slots",
  case tracker.inventory
    when 'essays' then (
      select count(*)::integer from essay_states
      where batch_id = tracker.batch_id and text_storage_id is not null
    )
    else (
      select count(*)::integer from slot_assignments
      where batch_tracker_id = tracker.id and text_storage_id is not null
    )
  end as "assigned"
from batch_essay_trackers tracker
where tracker.batch_id in (select batch_id from run_batches where run_id = :run_id)
