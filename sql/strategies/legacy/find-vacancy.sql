-- When no slot could be claimed: why. Must hold: both are read on one snapshot.
select (
    select internal_essay_id from slot_assignments
    where batch_tracker_id = :tracker_id::bigint and text_storage_id = :text_storage_id
  ) as internal_essay_id,
  (
    select id from slot_assignments
    where batch_tracker_id = :tracker_id::bigint and status = 'available'
    order by internal_essay_id collate "C"
    limit 1
  )::text as vacant_slot_id
