-- Must hold: every audit reads the same snapshot, and none can write.
begin isolation level repeatable read read only
