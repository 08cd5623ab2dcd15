-- Waits until the rival that holds the first available essay commits or rolls back. Must hold: the lock ends
-- with this statement's own transaction. SHARE, so that many waiters wake together and not one by one.
select 1 from essay_states
where batch_id = :batch_id and current_status = 'uploaded'
order by essay_id collate "C"
limit 1
for share
