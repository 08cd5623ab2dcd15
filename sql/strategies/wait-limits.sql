-- Sent before wait-for-*.sql in the same implicit transaction. Must hold: the wait ends at the caller's
-- limit; the lock-only transaction need not wait for its WAL to reach the disk.
select set_config('lock_timeout', :lock_timeout, true), set_config('synchronous_commit', 'off', true)
