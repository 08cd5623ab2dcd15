-- Must hold: run on the tool's own server alone; in somebody else's database an extension is not the tool's to create.
create extension if not exists pg_stat_statements schema public
