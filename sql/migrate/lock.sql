-- One migration of a batch at a time, and what callers wait for while it is switching. Must hold: a lock of the session,
-- which ends when the migration's process does; unlock.sql follows. Same key as ../strategies/wait-for-switch.sql; the
-- schema keeps it apart from the batches of others, and from the contents of ../strategies/lock.sql.
select pg_advisory_lock(hashtextextended('migrate', hashtextextended(:batch_id, hashtextextended(current_schema(), 0))))
