-- Which of these backends wait for a lock that another of them holds. Must hold: the same question as
-- PostgreSQL's own isolation tester asks (src/test/isolation/isolationtester.c).
select pid from unnest(:pids::integer[]) as pid
where pg_catalog.pg_isolation_test_session_is_blocked(pid, :pids::integer[])
