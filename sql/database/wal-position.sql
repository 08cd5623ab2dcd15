-- Bytes of WAL written since the beginning. Must hold: not run on a standby.
select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as bytes
