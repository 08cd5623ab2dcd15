-- Ends one session in the middle of whatever it does, as the death of its process does.
select pg_terminate_backend(:pid::integer)
