-- One row where pg_stat_statements was created in this database: the schema that it is in.
select nspname as statistics_schema from pg_extension join pg_namespace on pg_namespace.oid = extnamespace
where extname = 'pg_stat_statements'
