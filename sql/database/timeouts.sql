-- The server's timeouts as a new session of this role in this database has them, in milliseconds. Must hold: without
-- those that are off, and those that this version does not know.
select name, reset_val::integer as "ms" from pg_settings where name = any(:names::text[]) and reset_val <> '0'
