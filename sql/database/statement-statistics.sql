-- What the server did for this role's statements in this database since its counters began, in one row.
-- Must hold: statements that functions run are part of those that call them, so top level alone; this reading does
-- not count itself. Needs PostgreSQL 14. Times are of execution: neither parsing, planning nor the flush of a commit.
select coalesce(sum(calls), 0)::float8 as "calls",
  coalesce(sum(shared_blks_hit), 0)::float8 as "buffersHit",
  coalesce(sum(shared_blks_dirtied), 0)::float8 as "buffersDirtied",
  coalesce(sum(total_exec_time), 0) * 1000 as "executionMicros",
  (select format('%s evictions since %s', dealloc, stats_reset) from :"statistics_schema".pg_stat_statements_info()) as "epoch"
from :"statistics_schema".pg_stat_statements(false)
where toplevel
  and userid = (select oid from pg_roles where rolname = current_user)
  and dbid = (select oid from pg_database where datname = current_database())
  and queryid is distinct from (select query_id from pg_stat_activity where pid = pg_backend_pid())
