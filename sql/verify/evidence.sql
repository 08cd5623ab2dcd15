-- What the audits could compare: of the assigned essays of the batches, how many lack what an audit reads. Must hold:
-- run on the audits' snapshot.
with essays as materialized (
  select essay_id, version, processing_metadata ->> 'correlation_id' is null as names_no_call
  from essay_states
  where batch_id = any(:batch_ids::text[])
    and text_storage_id is not null
), events as (
  select aggregate_id as essay_id, bool_or(event_data ->> 'correlation_id' is null) as names_no_call
  from event_outbox
  where event_type = 'essay.slot.assigned' and aggregate_id in (select essay_id from essays)
  group by aggregate_id
)
select count(*)::integer as "assignments",
  (count(*) filter (where events.essay_id is null))::integer as "withoutEvent",
  (count(*) filter (where events.names_no_call))::integer as "eventNamesNoCall",
  (count(*) filter (where essays.names_no_call))::integer as "documentsNameNoCall",
  (count(*) filter (where events.essay_id is null or events.names_no_call or essays.names_no_call))::integer
    as "callsNotCompared",
  (count(*) filter (where essays.version < 2))::integer as "versionNotRaised"
from essays left join events using (essay_id)
