-- Makes what was written visible to others, and gives back every lock.
commit
