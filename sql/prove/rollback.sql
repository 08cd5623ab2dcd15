-- What PostgreSQL does when a lone statement fails, or its client is gone before the commit.
rollback
