-- strategies/inventory.sql reduced to what a job queue's claim does: no look for a duplicate, no documents, no event.
-- Must hold: the same index, order, lock and start behind the last claim as there, MATERIALIZED so that it runs once.
with claimed as materialized (
  select essay_id from essay_states
  where batch_id = :batch_id
    and current_status = 'uploaded'
    and essay_id collate "C" > :low_water
  order by essay_id collate "C"
  limit 1
  for no key update skip locked
)
update essay_states essay
set current_status = 'ready_for_processing', updated_at = now(), version = essay.version + 1
from claimed
where essay.essay_id = claimed.essay_id
returning essay.essay_id
