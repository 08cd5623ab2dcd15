-- Records which batches a run registers on tables that are not the tool's, and the target's file. Must hold: before they
-- are registered there, so that whatever ends the command, they are known to be its.
insert into run_batches (run_id, batch_id, strategy, target_file)
select :run_id::text, batch_id, :strategy::text, :target_file::text
from unnest(:batch_ids::text[]) as batch_id
on conflict (run_id, batch_id) do nothing
