-- Keeps the commands of runs from coming back until the transaction ends, and returns the runs whose command is alive
-- after all. Must hold: as find.sql tells it. Who holds the lock of lock.sql keeps it; who lost it waits to get it back.
select run_id as "runId" from runs
where run_id = any(:run_ids::text[])
  and case
    when heartbeat_at is not null then heartbeat_at > clock_timestamp() - interval '60 seconds'
    else not pg_try_advisory_xact_lock(
      hashtextextended('command', hashtextextended(command_id, hashtextextended(current_schema(), 0)))
    )
  end
