-- The mark by which the tool knows its own schema again. Must hold: equal to the one in find-schema.sql.
comment on schema :"schema" is 'created by els-assign, schema version 4'
