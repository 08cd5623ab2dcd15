-- Asks to be the one who has a target make its schema in this database; freed by the end of the transaction.
select pg_try_advisory_xact_lock(hashtextextended('els-assign target set-up', 0)) as locked
