-- What the database says of these batches, summed. Must hold: run once they are quiet.
with trackers as materialized (
  select id, batch_id, inventory, completed_at from batch_essay_trackers
  where batch_id = any(:batch_ids::text[])
), essays as (
  select count(*) filter (where essay.current_status = 'ready_for_processing') as taken,
    count(*) filter (where essay.current_status = 'uploaded' and tracker.inventory = 'essays') as available
  from trackers tracker join essay_states essay using (batch_id)
), slots as (
  select count(*) as available
  from trackers tracker join slot_assignments slot on slot.batch_tracker_id = tracker.id
  where tracker.inventory = 'slots' and slot.status = 'available'
)
select essays.taken::integer as "taken",
  (essays.available + slots.available)::integer as "available",
  (select count(*)::integer from trackers where completed_at is not null) as "completed",
  (
    select count(*)::integer from event_outbox
    where event_type = 'batch.content.provisioning.completed'
      and aggregate_id in (select batch_id from trackers)
  ) as "completionEvents"
from essays, slots
