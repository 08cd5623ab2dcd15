-- Locks every essay of the batches that no content has. Must hold: waits for nobody (what is locked already is
-- somebody's claim), so that no deadlock is made.
select count(*)::integer as locked from (
  select 1 from essay_states
  where batch_id = any(:batch_ids::text[]) and current_status = 'uploaded'
  for update skip locked
) free
