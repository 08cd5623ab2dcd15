-- How many of Graphile Worker's jobs are claimed, and how many there are: a completed one is gone.
select count(*) filter (where locked_at is not null)::integer as claimed, count(*)::integer as left
from :"schema".jobs
