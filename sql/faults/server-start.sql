-- When the server was started: another moment after a restart.
select pg_postmaster_start_time()::text as started
