-- Settings of a transaction whose session keeps nothing, as behind a pooler that gives each transaction another
-- session. Must hold: as session.sql's, until the transaction ends; sent right after it began.
select set_config('search_path', :search_path, true), set_config('lock_timeout', :lock_timeout, true)
