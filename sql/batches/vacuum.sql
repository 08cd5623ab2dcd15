-- After a run's rows were deleted, so that the next run does not walk their dead index entries. What another run is at
-- vacuuming now need not be waited for. Names are qualified, for it runs outside any transaction, where a session that
-- keeps nothing knows no schema.
vacuum (skip_locked) :"schema".batch_essay_trackers, :"schema".slot_assignments, :"schema".essay_states,
  :"schema".event_outbox, :"schema".run_batches, :"schema".runs
