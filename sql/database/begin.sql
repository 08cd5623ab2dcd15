-- A transaction that sees what was committed before each of its statements, and holds locks until it ends.
begin isolation level read committed
