-- Adds available slots. A column that is not named has its default.
copy slot_assignments (batch_tracker_id, internal_essay_id) from stdin
