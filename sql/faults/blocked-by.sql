-- The run's backends that wait for a lock of one session: what pg_blocking_pids says, not what we believe.
select pid, application_name as "applicationName"
from pg_stat_activity
where starts_with(application_name, :application_name)
  and wait_event_type = 'Lock'
  and :holder::integer = any(pg_blocking_pids(pid))
