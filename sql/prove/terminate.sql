-- Ends a session as the death of its process does. Must hold: it is gone, and its locks with it, on return.
select pg_terminate_backend(:pid::integer, 10000)
