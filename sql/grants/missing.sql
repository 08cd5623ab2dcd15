-- One row for each object on which a role lacks privileges that it needs, to read only or to run. Must hold: names what
-- the other files of this folder grant, apart from MAINTAIN, without which a run does. A null role is the session's own.
with needed (relation, privileges) as (
  values ('batch_essay_trackers', array['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
    ('slot_assignments', array['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
    ('essay_states', array['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
    ('event_outbox', array['SELECT', 'INSERT', 'DELETE']),
    ('run_batches', array['SELECT', 'INSERT', 'DELETE']),
    ('runs', array['SELECT', 'INSERT', 'UPDATE', 'DELETE'])
), grantee as (
  select coalesce(:role::name, current_user) as name
)
select grantee.name as "role", 'USAGE' as "privileges", 'the schema' as "object"
from grantee, pg_namespace
where nspname = :schema and not has_schema_privilege(grantee.name, oid, 'USAGE')
union all
select grantee.name, string_agg(privilege, ', ' order by position), relation
from grantee, needed
cross join unnest(privileges) with ordinality as listed (privilege, position)
join pg_class on relname = relation
join pg_namespace on pg_namespace.oid = relnamespace and nspname = :schema
where (privilege = 'SELECT' or :access = 'run') and not has_table_privilege(grantee.name, pg_class.oid, privilege)
group by grantee.name, relation
