-- Says that a command is alive. Must hold: a lock of the session, which ends when the command does; shared, so that a
-- second session of the command never waits for one that the server has not yet found to be gone.
select pg_advisory_lock_shared(hashtextextended('command', hashtextextended(:command_id, hashtextextended(current_schema(), 0))))
