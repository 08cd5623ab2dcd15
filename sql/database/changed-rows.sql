-- Rows that were inserted, updated or deleted until now, for each table but the tool's own ones and those of sessions.
-- Must hold: any role may read it. Sessions tell the server what they did when they end, or once in a second or later.
select format('%I.%I', schemaname, relname) as "table", n_tup_ins + n_tup_upd + n_tup_del as rows
from pg_stat_user_tables
where not (schemaname = :schema and relname = any(:tables::text[])) and schemaname !~ '^pg_(toast_)?temp_'
