-- Ends what sessions are at, so that an interrupted proof ends now.
select pg_cancel_backend(pid) from unnest(:pids::integer[]) as pid
