-- After a run's rows were deleted, so that the next run does not walk their dead index entries. Names are qualified,
-- for it runs outside any transaction, where a session that keeps nothing knows no schema.
vacuum :"schema".batch_essay_trackers, :"schema".slot_assignments, :"schema".essay_states, :"schema".event_outbox,
  :"schema".run_batches
