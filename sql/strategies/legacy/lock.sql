-- Serializes calls with the same batch and content over legacy's two transactions: a session lock, because a
-- transaction's lock would end with the first. Must hold: unlock.sql follows on the same session. Same key as
-- ../lock.sql.
select pg_advisory_lock(hashtextextended(:text_storage_id, hashtextextended(:batch_id, 0)))
