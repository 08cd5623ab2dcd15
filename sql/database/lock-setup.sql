-- Must hold: two setups of one schema at the same time run one after the other; freed by commit.
select pg_advisory_xact_lock(hashtextextended('els-assign setup ' || :schema, 0))
