-- Registers batches of equal size and who made them, as yet without slots: one tracker row each. Must hold: in one
-- transaction with the slots and essays that are copied afterwards. A batch that exists already, by a transaction that is
-- waited for too, is not returned.
with registered as (
  insert into batch_essay_trackers (batch_id, expected_count, inventory, user_id, course_code, correlation_id)
  select batch_id, :slots::integer, :inventory::text, 'els-assign', 'LOAD', :run_id::text
  from unnest(:batch_ids::text[]) as batch_id
  on conflict (batch_id) do nothing
  returning id, batch_id
), remembered as (
  insert into run_batches (run_id, batch_id, strategy)
  select :run_id::text, batch_id, :strategy::text from registered
)
select id, batch_id as "batchId" from registered
