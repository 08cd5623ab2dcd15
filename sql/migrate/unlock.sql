-- Ends what lock.sql began; who waits for it goes on.
select pg_advisory_unlock(hashtextextended('migrate', hashtextextended(:batch_id, hashtextextended(current_schema(), 0))))
