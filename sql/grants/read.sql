-- What `verify`, `status` and `runs` read.
grant select on :"schema".batch_essay_trackers, :"schema".slot_assignments, :"schema".essay_states,
  :"schema".event_outbox, :"schema".run_batches, :"schema".runs to :"role"
