-- Must hold: returns every backend that can still change the run's rows. Quiet means: no row.
select pid from pg_stat_activity where starts_with(application_name, :application_name) and pid <> pg_backend_pid()
