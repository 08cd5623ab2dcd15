-- Round trip 4: opens legacy's second transaction.
begin isolation level read committed
