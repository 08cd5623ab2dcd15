-- After a run's rows were deleted, so that the next run does not walk their dead index entries.
vacuum batch_essay_trackers, slot_assignments, essay_states, event_outbox, run_batches
