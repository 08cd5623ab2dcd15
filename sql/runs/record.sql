-- Records a run and whose it is. Must hold: in one transaction with its batches, behind them, so that a heartbeat is
-- fresh when others come to see it; a run that is recorded stays as it is.
insert into runs (run_id, command, command_id, strategy, scenario, keep, warms_up, host, pid, heartbeat_at)
values (
  :run_id::text, :command::text, :command_id::text, :strategy::text, :scenario::text, :keep::boolean,
  :warms_up::text, :host::text, :pid::integer, case when :beats::boolean then clock_timestamp() end
)
on conflict (run_id) do nothing
