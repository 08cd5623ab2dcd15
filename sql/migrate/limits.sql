-- Until the end of the transaction no statement lasts longer than callers may wait, or than the server has it.
select set_config(
    name,
    least(
      :limit_ms::integer, nullif((extract(epoch from current_setting(name)::interval) * 1000)::integer, 0)
    )::text,
    true
  )
from (values ('statement_timeout'), ('lock_timeout')) as setting (name)
