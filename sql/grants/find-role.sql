-- One row if the role exists, and whether this server knows the privilege MAINTAIN.
select current_setting('server_version_num')::integer >= 170000 as "knowsMaintain" from pg_roles where rolname = :role
