-- Settings of a transaction whose session keeps nothing, as behind a pooler that gives each transaction another
-- session. Must hold: as session.sql's, until the transaction ends; sent right after it began, where lock_timeout is
-- the server's own. Nothing is read from pg_settings, which takes longer than a claim.
select set_config('search_path', :search_path, true),
  set_config(
    'lock_timeout',
    case
      when :lock_timeout_ms::integer = 0 then 0
      else least(
        :lock_timeout_ms::integer,
        nullif((extract(epoch from current_setting('lock_timeout')::interval) * 1000)::integer, 0)
      )
    end::text,
    true
  )
