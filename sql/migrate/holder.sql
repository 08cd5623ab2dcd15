-- The backend that has locked a batch for its migration. Same key as lock.sql, whose halves pg_locks shows apart.
select pid from pg_locks
where locktype = 'advisory'
  and granted
  and mode = 'ExclusiveLock'
  and (classid::bigint << 32) | objid::bigint
    = hashtextextended('migrate', hashtextextended(:batch_id, hashtextextended(current_schema(), 0)))
