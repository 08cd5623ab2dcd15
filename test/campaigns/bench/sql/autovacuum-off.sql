-- For the whole of the bench's own server. Must hold: a statement of its own; it refuses a transaction block.
alter system set autovacuum = off
