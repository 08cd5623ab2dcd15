-- Lets a run ANALYZE the tables before its load and VACUUM them behind it. Must hold: PostgreSQL 17 or later.
grant maintain on :"schema".batch_essay_trackers, :"schema".slot_assignments, :"schema".essay_states,
  :"schema".event_outbox, :"schema".run_batches, :"schema".runs to :"role"
