-- One row if the schema exists. Must hold: `mark` is 'ours' only for a schema that this version created; `version` is
-- null unless this tool created it, and `ownVersion` is the one in mark-schema.sql.
select case
    when marked.version is null then 'foreign'
    when marked.version = own.version then 'ours'
    when marked.version < own.version then 'older'
    else 'newer'
  end as mark,
  marked.version,
  own.version as "ownVersion"
from pg_namespace n
cross join (values (4)) own (version)
cross join lateral (
  select substring(
    obj_description(n.oid, 'pg_namespace') from '^created by els-assign, schema version ([0-9]{1,9})$'
  )::integer
) marked (version)
where n.nspname = :schema
