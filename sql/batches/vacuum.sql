-- After a run's rows were deleted, so that the next run does not walk their dead index entries. What another run is at
-- vacuuming now need not be waited for.
vacuum (skip_locked) batch_essay_trackers, slot_assignments, essay_states, event_outbox, run_batches
