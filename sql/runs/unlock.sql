-- Ends what lock.sql began.
select pg_advisory_unlock_shared(hashtextextended('command', hashtextextended(:command_id, hashtextextended(current_schema(), 0))))
