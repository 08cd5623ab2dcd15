-- Lets the next command make a target's database.
select pg_advisory_unlock(hashtextextended('els-assign target database ' || :database, 0))
