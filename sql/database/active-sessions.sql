-- Other sessions of this database that are in the middle of something. A role without pg_read_all_stats sees the
-- state of its own sessions alone.
select count(*)::integer as sessions from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
  and backend_type = 'client backend' and state in ('active', 'idle in transaction')
