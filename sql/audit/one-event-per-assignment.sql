-- Must hold: exactly one essay.slot.assigned event per assigned essay, that names its batch, essay and content,
-- and none for an essay without. Returns essays with another number of events, or the first field in which the one
-- event names others, or nothing.
with essays as materialized (
  select batch_id, essay_id, text_storage_id from essay_states
  where batch_id = any(:batch_ids::text[])
), events as (
  select aggregate_id as essay_id, count(*)::integer as events, min(aggregate_type) as aggregate_type,
    min(event_key) as event_key, min(topic) as topic,
    min(event_data ->> 'batch_id') as batch_id, min(event_data ->> 'essay_id') as named_essay,
    min(event_data ->> 'text_storage_id') as text_storage_id
  from event_outbox
  where event_type = 'essay.slot.assigned' and aggregate_id in (select essay_id from essays)
  group by aggregate_id
), checked as (
  select essays.batch_id, essays.essay_id, essays.text_storage_id, coalesce(events.events, 0) as events,
    (essays.text_storage_id is not null)::integer as expected, events.aggregate_type, events.event_key, events.topic,
    events.batch_id as named_batch, events.named_essay, events.text_storage_id as named_content
  from essays left join events using (essay_id)
)
select batch_id as "batchId", essay_id as "slotId", text_storage_id as "contentId",
  'events essay.slot.assigned with this essay as event_outbox.aggregate_id' as field,
  events::text as found, expected::text as expected
from checked
where events <> expected
union all
select batch_id, essay_id, text_storage_id, wrong.field, wrong.found, wrong.expected
from checked
cross join lateral (
  select field, fields.found, fields.expected
  from (values
    (1, 'event_outbox.aggregate_type', aggregate_type, 'essay'),
    (2, 'event_outbox.event_key', event_key, essay_id),
    (3, 'event_outbox.topic', topic, 'essay.slot.assigned'),
    (4, 'event_outbox.event_data.batch_id', named_batch, batch_id),
    (5, 'event_outbox.event_data.essay_id', named_essay, essay_id),
    (6, 'event_outbox.event_data.text_storage_id', named_content, text_storage_id)
  ) as fields (position, field, found, expected)
  where fields.found is distinct from fields.expected
  order by position
  limit 1
) wrong
where events = 1 and checked.expected = 1
