-- Lets this transaction stay open and idle as long as its client lives. Must hold: it has no snapshot and no xid then, so that
-- it keeps nothing from being vacuumed.
select set_config(name, '0', true) from pg_settings
where name in ('idle_in_transaction_session_timeout', 'transaction_timeout')
