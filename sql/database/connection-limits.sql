-- Each limit that a new session of this role in this database meets: what it allows, how much of that is kept for other
-- roles, and how much is in use by others than this session. A session of another role tells of itself no more than its
-- user, where this one lacks pg_read_all_stats: those with a user and of no other kind are counted.
with own as (
  select oid, rolname, rolsuper, rolconnlimit from pg_roles where rolname = current_user
), sessions as (
  select usesysid, datname from pg_stat_activity
  where usesysid is not null and coalesce(backend_type, 'client backend') = 'client backend' and pid <> pg_backend_pid()
)
select 'max_connections' as "name",
  current_setting('max_connections')::integer as "most",
  case
    when own.rolsuper then 0
    else current_setting('superuser_reserved_connections')::integer + case
      when exists (
        select from pg_roles where rolname = 'pg_use_reserved_connections' and pg_has_role(own.oid, oid, 'usage')
      ) then 0
      else coalesce(current_setting('reserved_connections', true), '0')::integer
    end
  end as "reserved",
  (select count(*)::integer from sessions) as "used"
from own
union all
select format('the connection limit of role %I', rolname), rolconnlimit, 0,
  (select count(*)::integer from sessions where usesysid = own.oid)
from own where rolconnlimit >= 0 and not rolsuper
union all
select format('the connection limit of database %I', datname), datconnlimit, 0,
  (select count(*)::integer from sessions where sessions.datname = pg_database.datname)
from pg_database, own where pg_database.datname = current_database() and datconnlimit >= 0 and not rolsuper
