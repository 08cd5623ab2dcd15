-- Locks every free slot of the batches, as rivals do that have claimed and not committed. Must hold: waits for
-- nobody (what is locked already is somebody's claim), so that no deadlock is made.
select count(*)::integer as locked from (
  select 1 from slot_assignments
  where status = 'available'
    and batch_tracker_id in (select id from batch_essay_trackers where batch_id = any(:batch_ids::text[]))
  for update skip locked
) free
