-- Holds a content's key in slot_assignments until the transaction ends: a claim for this content then waits after
-- it locked its slot. Must hold: rolled back, never committed. Returns no row where the batch is unknown.
insert into slot_assignments (batch_tracker_id, internal_essay_id, status, text_storage_id)
select id, 'held by ' || pg_backend_pid(), 'failed', :content_id
from batch_essay_trackers where batch_id = :batch_id
