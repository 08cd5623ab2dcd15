-- Whether this transaction may write, and if not whether the server is a standby. A standby's transactions are read-only
-- whatever the settings say.
select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as "readOnly"
