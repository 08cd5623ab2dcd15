-- Gives the registered batches of a run their slots and essays, for a replay by hand, where nothing is copied. Must
-- hold: the rows are those that a registration copies.
with numbered as (
  select tracker.id, tracker.batch_id, tracker.batch_id || '-e' || lpad(number::text, 7, '0') as essay_id
  from batch_essay_trackers as tracker
  join run_batches using (batch_id), generate_series(1, tracker.expected_count) as number
  where run_batches.run_id = :run_id::text
), slots as (
  insert into slot_assignments (batch_tracker_id, internal_essay_id) select id, essay_id from numbered
)
insert into essay_states (essay_id, batch_id) select essay_id, batch_id from numbered
