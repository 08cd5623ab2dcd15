-- Serializes calls with the same batch and content. Must hold: sent as a statement of its own before the
-- claim, in the same implicit transaction (one Sync), so that the claim's snapshot is taken after the lock.
-- The key is 64 bits of batch and content; a collision costs a wait, never a wrong answer.
select pg_advisory_xact_lock(hashtextextended(:text_storage_id, hashtextextended(:batch_id, 0)))
