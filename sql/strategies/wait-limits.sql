-- Sent before wait-for-*.sql in the same implicit transaction. Must hold: the wait ends at the caller's
-- limit, or the session's where that is shorter; the lock-only transaction need not wait for its WAL to reach the disk.
select set_config(
    'lock_timeout',
    (extract(epoch from least(
      :lock_timeout::interval, nullif(current_setting('lock_timeout')::interval, '0')
    )) * 1000)::integer::text,
    true
  ),
  set_config('synchronous_commit', 'off', true)
