-- One row if the schema exists. Must hold: `mark` is 'ours' only for a schema that this version created.
select case
    when obj_description(n.oid, 'pg_namespace') = 'created by els-assign, schema version 2' then 'ours'
    when obj_description(n.oid, 'pg_namespace') like 'created by els-assign, schema version %' then 'other_version'
    else 'foreign'
  end as mark
from pg_namespace n
where n.nspname = :schema
