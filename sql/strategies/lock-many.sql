-- Serializes calls with the same batch and contents, as lock.sql does for one. Must hold: the locks are taken in the
-- order of their keys, so that two callers never wait for each other.
select count(pg_advisory_xact_lock(key)) as locked
from (
  select hashtextextended(text_storage_id, hashtextextended(:batch_id, 0)) as key
  from jsonb_to_recordset(:contents::jsonb) as content (text_storage_id text)
  order by key
) as ordered
