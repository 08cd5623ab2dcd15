-- Keeps what a transaction wrote.
commit
