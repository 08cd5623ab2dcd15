-- Settings of every session of the tool. Must hold: unqualified names resolve in the tool's schema only, and
-- each statement sees what was committed before it began (READ COMMITTED), whatever the server's default is.
-- lock_timeout bounds the time that a claim may wait for a rival's transaction; a shorter one of the server stays, unless
-- the tool asks for none at all.
select set_config('search_path', :search_path, false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config(
    'lock_timeout',
    case
      when :lock_timeout_ms::integer = 0 then 0
      else least(:lock_timeout_ms::integer, nullif(reset_val::integer, 0))
    end::text,
    false
  )
from pg_settings where name = 'lock_timeout'
