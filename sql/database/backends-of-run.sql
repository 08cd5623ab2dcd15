-- Must hold: returns every backend that can still change the run's rows. Quiet means: no row. A pooler keeps backends
-- that are idle when their clients have left; no other may be left out.
select pid from pg_stat_activity
where starts_with(application_name, :application_name) and pid <> pg_backend_pid()
  and not (:pooled::boolean and state = 'idle')
