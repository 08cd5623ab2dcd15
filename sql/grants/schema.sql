-- What everybody needs who uses the schema at all.
grant usage on schema :"schema" to :"role"
