-- What `verify` and `status` read.
grant select on :"schema".batch_essay_trackers, :"schema".slot_assignments, :"schema".essay_states,
  :"schema".event_outbox, :"schema".run_batches to :"role"
