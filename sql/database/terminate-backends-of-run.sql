-- Ends what a killed or stuck worker left connected, so that it cannot write after the audit; not what a pooler keeps.
select pg_terminate_backend(pid) from pg_stat_activity
where starts_with(application_name, :application_name) and pid <> pg_backend_pid()
  and not (:pooled::boolean and state = 'idle')
