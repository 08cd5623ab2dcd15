-- Waits until the rival that holds the first available slot commits or rolls back. Must hold: the lock ends
-- with this statement's own transaction. SHARE, so that many waiters wake together and not one by one.
select 1 from slot_assignments
where batch_tracker_id = (select id from batch_essay_trackers where batch_id = :batch_id)
  and status = 'available'
order by internal_essay_id collate "C"
limit 1
for share
