-- Locks the trackers of the batches that are not complete: a look that would complete one waits.
select count(*)::integer as locked from (
  select 1 from batch_essay_trackers
  where batch_id = any(:batch_ids::text[]) and completed_at is null
  for no key update skip locked
) open
