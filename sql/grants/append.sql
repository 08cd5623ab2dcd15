-- What is written once: events, and who made a batch.
grant insert, delete on :"schema".event_outbox, :"schema".run_batches to :"role"
