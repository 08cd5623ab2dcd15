-- Interleavings do not depend on what reaches the disk. Must hold: set for the sessions of `prove` alone.
select set_config('synchronous_commit', 'off', false)
