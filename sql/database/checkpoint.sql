-- Starts each run from the same point of the checkpoint cycle, where the role may (pg_checkpoint).
checkpoint
