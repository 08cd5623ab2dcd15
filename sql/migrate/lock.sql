-- One migration of a batch at a time, and what callers wait for while it is switching. Must hold: a lock of the session,
-- which ends when the migration's process does; unlock.sql follows. Same key as ../strategies/wait-for-switch.sql.
select pg_advisory_lock(hashtextextended('migrate', hashtextextended(:batch_id, 0)))
