-- Did the transaction under way write or lock a row? Only then can others tell its execution from its commit.
select pg_current_xact_id_if_assigned() is not null
