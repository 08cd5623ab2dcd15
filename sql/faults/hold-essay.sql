-- Holds a content's key in essay_states until the transaction ends: a claim for this content then waits after it
-- locked its essay. Must hold: rolled back, never committed.
insert into essay_states (essay_id, batch_id, current_status, text_storage_id)
values ('held by ' || pg_backend_pid(), :batch_id, 'ready_for_processing', :content_id)
