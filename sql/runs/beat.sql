-- Says that a command is alive where no session is its own, or that it has ended. find.sql says for how long.
update runs set heartbeat_at = case when :alive::boolean then clock_timestamp() else '-infinity' end
where command_id = :command_id
