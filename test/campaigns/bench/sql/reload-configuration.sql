-- Lets the server read what autovacuum-off.sql wrote.
select pg_reload_conf()
