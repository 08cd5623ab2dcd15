-- `setup --reset`: drops what schema.sql created, in this version or an older one, and nothing else.
-- Must hold: no CASCADE, so an object of someone else's that depends on ours makes it fail, untouched.
drop table if exists runs, run_batches, event_outbox, essay_states, slot_assignments, batch_essay_trackers;
drop type if exists essay_status_enum;
