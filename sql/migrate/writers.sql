-- The transactions that may claim on a snapshot older than this statement. A statement locks its tables before it takes
-- its snapshot under READ COMMITTED, so each of them holds a lock that writers take on one of the two inventories; who
-- takes it later sees what was committed before. A prepared transaction has no backend, and is known by the lock on its own
-- id. Source: PostgreSQL's exec_bind_message, and chapter 13.3.1.
select writer.virtualtransaction as "id", writer.pid, backend.application_name as "applicationName",
  (
    select prepared.gid
    from pg_locks own join pg_prepared_xacts prepared on prepared.transaction = own.transactionid
    where writer.pid is null and own.pid is null and own.virtualtransaction = writer.virtualtransaction
    limit 1
  ) as "preparedAs"
from pg_locks writer left join pg_stat_activity backend using (pid)
where writer.locktype = 'relation'
  and writer.database = (select oid from pg_database where datname = current_database())
  and writer.relation in ('slot_assignments'::regclass, 'essay_states'::regclass)
  and writer.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  and writer.granted
  and writer.pid is distinct from pg_backend_pid()
