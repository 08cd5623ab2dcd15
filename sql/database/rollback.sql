-- Gives back every lock; what was written never was.
rollback
