-- Registers batches of equal size: one tracker row, N available slots and N uploaded essays each, and who
-- made them. Must hold: all or nothing; essay ids sort in their number's order in collation "C".
with registered as (
  insert into batch_essay_trackers (batch_id, expected_count, inventory, user_id, course_code, correlation_id)
  select batch_id, :slots::integer, :inventory::text, 'els-assign', 'LOAD', :run_id::text
  from unnest(:batch_ids::text[]) as batch_id
  returning id, batch_id
), remembered as (
  insert into run_batches (run_id, batch_id, strategy)
  select :run_id::text, batch_id, :strategy::text from registered
), slots as (
  insert into slot_assignments (batch_tracker_id, internal_essay_id)
  select id, batch_id || '-e' || lpad(number::text, 7, '0')
  from registered, generate_series(1, :slots::integer) as number
)
insert into essay_states (essay_id, batch_id)
select batch_id || '-e' || lpad(number::text, 7, '0'), batch_id
from registered, generate_series(1, :slots::integer) as number
