-- Adds jobs by Graphile Worker's own add_jobs. Must hold: all due now, with equal priority, in no named queue, for
-- jobs of a named queue run one after the other.
select count(*)::integer as added
from :"schema".add_jobs(array(
  select json_populate_record(cast(null as :"schema".job_spec), json_build_object('identifier', :task::text))
  from generate_series(1, :jobs::integer)
))
