-- Lets one command at a time make a target's database. Must hold: a lock of the session, for databases are made outside
-- transactions.
select pg_advisory_lock(hashtextextended('els-assign target database ' || :database, 0))
