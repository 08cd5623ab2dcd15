-- Does this backend keep a snapshot, so that no row that died since can be removed? Must hold:
-- asked by another session, for the question takes a snapshot itself.
select backend_xmin is not null as held from pg_stat_activity where pid = :pid::integer
