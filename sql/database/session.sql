-- Settings of every session of the tool. Must hold: unqualified names resolve in the tool's schema only, and
-- each statement sees what was committed before it began (READ COMMITTED), whatever the server's default is.
-- lock_timeout bounds the time that a claim may wait for a rival's transaction.
select set_config('search_path', :search_path, false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config('lock_timeout', :lock_timeout, false)
