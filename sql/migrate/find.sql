-- How a batch is filled; where a migration that was interrupted wanted to go, and for how long callers wait by now.
select inventory, switching_to as "switchingTo",
  extract(epoch from clock_timestamp() - migrated_at)::float8 * 1000 as "markedForMs"
from batch_essay_trackers
where batch_id = :batch_id
