-- Must hold: true, for the session that ran lock.sql with the same batch and content.
select pg_advisory_unlock(hashtextextended(:text_storage_id, hashtextextended(:batch_id, 0))) as unlocked
