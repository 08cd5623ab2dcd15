-- Ends one backend in the middle of whatever it does. Returns whether the signal was sent.
select pg_terminate_backend(:pid::integer) as terminated
