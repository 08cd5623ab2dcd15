-- Makes the part one with its transaction.
release savepoint els_assign
