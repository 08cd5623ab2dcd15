-- Is a session still there? Must hold: when it is not, its locks are gone too (they are let go before it
-- leaves pg_stat_activity). pg_terminate_backend with a timeout looks only every 100 ms.
select 1 from pg_stat_activity where pid = :pid::integer
