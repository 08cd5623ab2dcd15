-- Ends a session as the death of its process does.
select pg_terminate_backend(:pid::integer)
