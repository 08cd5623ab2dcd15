-- Other sessions of this role in this database that are at work, but for the tool's own, which are named. Must hold: one
-- whose state is not told counts.
select count(*)::integer as sessions from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
  and usesysid = (select oid from pg_roles where rolname = session_user)
  and not starts_with(application_name, 'els-assign')
  and state is distinct from 'idle'
