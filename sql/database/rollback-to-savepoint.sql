-- Undoes the part; its transaction goes on.
rollback to savepoint els_assign
