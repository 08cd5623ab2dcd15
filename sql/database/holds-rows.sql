-- Whether a table of the schema holds any row. Must hold: the table exists.
select exists (select from :"table") as "holdsRows"
