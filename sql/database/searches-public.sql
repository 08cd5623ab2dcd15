-- A row where sessions of a database already find tables in `public`.
select 1 from pg_db_role_setting
join pg_database on pg_database.oid = setdatabase
where datname = :database and setrole = 0 and 'search_path=public' = any(setconfig)
