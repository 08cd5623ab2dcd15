-- Fresh statistics: after registration and before statements are prepared, and again before the audit, so that
-- plans fit the data.
analyze batch_essay_trackers, slot_assignments, essay_states, event_outbox, run_batches, runs
