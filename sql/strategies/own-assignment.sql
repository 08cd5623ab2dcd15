-- After a lost reply: did the call with this correlation_id write the assignment that its retry found?
select (processing_metadata ->> 'correlation_id') is not distinct from :correlation_id::text as own
from essay_states
where essay_id = :essay_id
