-- Which of these backends wait for a lock of one session: what pg_blocking_pids says, not what we believe.
select pid
from unnest(:pids::integer[]) as pid
where :holder::integer = any(pg_blocking_pids(pid))
