-- Must hold: fails when the schema exists; `setup` looks first, and never adopts a schema of someone else's.
create schema :"schema"
