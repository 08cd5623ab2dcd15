-- Round trip 8: ends legacy's second transaction.
commit
