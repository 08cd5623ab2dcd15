-- Other sessions of this database that are in the middle of something, or were within the last second: between two
-- calls a session is idle, and its batch may need a look for completion. A role without pg_read_all_stats does not
-- see the state of other roles' sessions: they count.
select count(*)::integer as sessions from pg_stat_activity
where datname = current_database() and usesysid is not null and pid <> pg_backend_pid()
  and (state is distinct from 'idle' or state_change > clock_timestamp() - interval '1 second')
