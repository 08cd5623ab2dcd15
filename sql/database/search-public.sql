-- Has sessions of a database for a target find and make its tables in `public`. Must hold: the tool's own schema has the
-- name of the embedded server's role, which would come first.
alter database :"database" set search_path to public
