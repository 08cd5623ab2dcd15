-- A foreign session holds every free slot, as a maintenance job does. Must hold: nothing is written.
select 1 from slot_assignments
where batch_tracker_id = (select id from batch_essay_trackers where batch_id = :batch_id)
  and status = 'available'
for no key update
