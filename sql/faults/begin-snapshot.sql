-- A transaction whose first statement takes the snapshot that it keeps until it ends.
begin isolation level repeatable read
