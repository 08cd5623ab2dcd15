-- After a failure inside legacy's second transaction.
rollback
