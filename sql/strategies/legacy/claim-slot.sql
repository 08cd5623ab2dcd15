-- Round trip 3: takes the first free slot in a transaction of its own, so that other processes see it at
-- once. Must hold: the claim is MATERIALIZED so that it runs once; zero rows is not yet `no_slot`; slots are the
-- inventory on this statement's own snapshot, whatever round trip 1 saw.
with claimed as materialized (
  select id from slot_assignments
  where batch_tracker_id = :tracker_id::bigint and status = 'available'
    and (select inventory from batch_essay_trackers where id = :tracker_id::bigint) = 'slots'
  order by internal_essay_id collate "C"
  limit 1
  for update skip locked
)
update slot_assignments slot
set status = 'assigned', text_storage_id = :text_storage_id,
  original_file_name = :original_file_name, assigned_at = now()
from claimed
where slot.id = claimed.id
returning slot.internal_essay_id
