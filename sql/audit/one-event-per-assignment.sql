-- Must hold: exactly one essay.slot.assigned event per assigned essay, that names its batch, essay and content,
-- and none for an essay without. Returns essays with another number of events, or with one that names others.
with essays as materialized (
  select batch_id, essay_id, text_storage_id from essay_states
  where batch_id = any(:batch_ids::text[])
), events as (
  select aggregate_id as essay_id, count(*)::integer as events,
    bool_and(aggregate_type = 'essay' and event_key = aggregate_id and topic = event_type) as addressed,
    min(event_data ->> 'batch_id') as batch_id, min(event_data ->> 'essay_id') as named_essay,
    min(event_data ->> 'text_storage_id') as text_storage_id
  from event_outbox
  where event_type = 'essay.slot.assigned' and aggregate_id in (select essay_id from essays)
  group by aggregate_id
)
select essays.batch_id, essays.essay_id, essays.text_storage_id, coalesce(events.events, 0) as events,
  events.text_storage_id as event_content
from essays left join events using (essay_id)
where coalesce(events.events, 0) <> (essays.text_storage_id is not null)::integer
  or (events.events = 1 and not coalesce(
    events.addressed and events.batch_id = essays.batch_id and events.named_essay = essays.essay_id
      and events.text_storage_id = essays.text_storage_id, false))
