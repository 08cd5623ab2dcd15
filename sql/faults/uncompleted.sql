-- Batches without a free essay that nobody has completed yet.
select batch_id from batch_essay_trackers tracker
where batch_id = any(:batch_ids::text[]) and completed_at is null
  and (
    select essay_id from essay_states
    where batch_id = tracker.batch_id and current_status = 'uploaded'
    order by essay_id collate "C"
    limit 1
  ) is null
