-- After a lost reply: did the call with this correlation_id create the assignment that its retry found? Who repaired
-- an orphan wrote the essay, but another call took the slot.
select (processing_metadata ->> 'correlation_id') is not distinct from :correlation_id::text
  and not timeline ? 'repaired' as own
from essay_states
where essay_id = :essay_id
