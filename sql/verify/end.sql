-- The snapshot was only read.
commit
