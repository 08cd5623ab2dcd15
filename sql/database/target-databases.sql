-- The databases that the tool's own server holds for targets, each of which has one. Must hold: as
-- app/tool-databases.ts names them.
select datname as name from pg_database
where datname ~ '^target_[a-z0-9_]*_[0-9a-f]{8}$' and datallowconn
order by datname
