-- What the schema holds of runs, by when they began, and whether their commands are alive: they hold the lock of lock.sql,
-- which is shared and whose halves pg_locks shows apart, or their heartbeat is fresh. Batches that somebody registered by
-- the library have no record: they are kept, for nobody but their owner knows when they are done with. A standby does not
-- see its primary's locks, and its rows may be older than a beat: there nobody is known to be dead.
select coalesce(runs.run_id, made.run_id) as "runId",
  runs.command,
  coalesce(runs.started_at, made.created_at) as "startedAt",
  runs.role,
  runs.host,
  runs.pid,
  coalesce(runs.strategy, made.strategy) as strategy,
  made.file,
  runs.scenario,
  runs.warms_up as "warmsUp",
  coalesce(runs.keep, true) as keep,
  case
    when case
      when runs.heartbeat_at is not null then runs.heartbeat_at > clock_timestamp() - interval '60 seconds'
      else exists (
        select from pg_locks
        where locktype = 'advisory'
          and granted
          and mode = 'ShareLock'
          and database = (select oid from pg_database where datname = current_database())
          and (classid::bigint << 32) | objid::bigint
            = hashtextextended('command', hashtextextended(runs.command_id, hashtextextended(current_schema(), 0)))
      )
    end then 'at work'
    when runs.run_id is not null and pg_is_in_recovery() then 'unknown'
    when coalesce(runs.keep, true) then 'kept'
    else 'abandoned'
  end as state
from runs
full join (
  select run_id, min(strategy) as strategy, min(target_file) as file, min(created_at) as created_at
  from run_batches left join batch_essay_trackers using (batch_id)
  group by run_id
) made using (run_id)
order by "startedAt", "runId"
