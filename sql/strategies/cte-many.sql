-- inventory: slots
-- Option A for many contents of one batch at once; :contents is a JSON array of them, each once, in the order of their
-- text_storage_id.
-- Must hold, besides what cte.sql says:
--   * slots are written in the order of :contents, all of them before the first essay, and essays in that order too:
--     who must wait for a rival with the same content waits in that order, so that two callers never wait for each
--     other. INSERT … SELECT … ORDER BY keeps it whatever the plan; an UPDATE takes its rows as the join gives them.
--     No slot is inserted: the claimed one is always there to be updated;
--   * which content gets which claimed slot does not matter, so claim and content meet by their number;
--   * every slot that was claimed is free on the snapshot too: another one is free, and the rest `contended`, if one
--     more than were claimed is.
with content as materialized (
  select position, text_storage_id, processing_metadata, storage_references
  from rows from (
    jsonb_to_recordset(:contents::jsonb)
      as (text_storage_id text, processing_metadata jsonb, storage_references jsonb)
  ) with ordinality as item (text_storage_id, processing_metadata, storage_references, position)
), seen as materialized (
  select id, inventory = 'slots' as fits, inventory = 'switching' as is_switching, completed_at is null as is_open,
    case when :low_water::text is null then '' else greatest(low_water, :low_water) end as low_water
  from batch_essay_trackers
  where batch_id = :batch_id
), existing as materialized (
  select slot.internal_essay_id, slot.text_storage_id, essay.text_storage_id is null as is_orphan,
    case when not essay.timeline ? 'repaired' then essay.processing_metadata ->> 'correlation_id' end as created_by
  from slot_assignments slot left join essay_states essay on essay.essay_id = slot.internal_essay_id
  where slot.batch_tracker_id = (select id from seen where fits)
    and slot.text_storage_id = any(array(select text_storage_id from content))
), missing as materialized (
  select *, row_number() over () as number from content
  where text_storage_id not in (select text_storage_id from existing)
), claimed as materialized (
  select id, batch_tracker_id, internal_essay_id from slot_assignments
  where batch_tracker_id = (select id from seen where fits and is_open)
    and status = 'available'
    and internal_essay_id collate "C" > (select low_water from seen)
  order by internal_essay_id collate "C"
  limit (select count(*) from missing)
  for no key update skip locked
), given as materialized (
  select missing.*, id, batch_tracker_id, internal_essay_id
  from (select *, row_number() over () as number from claimed) as numbered join missing using (number)
), assigned as (
  insert into slot_assignments (id, batch_tracker_id, internal_essay_id, status, text_storage_id,
    original_file_name, assigned_at)
  overriding system value
  select id, batch_tracker_id, internal_essay_id, 'assigned', text_storage_id,
    processing_metadata ->> 'original_file_name', now()
  from given
  order by position
  on conflict (id) do update
  set status = excluded.status, text_storage_id = excluded.text_storage_id,
    original_file_name = excluded.original_file_name, assigned_at = excluded.assigned_at
  returning internal_essay_id, text_storage_id
), owed as (
  select content.*, internal_essay_id, :timeline::jsonb as timeline
  from assigned join content using (text_storage_id)
  union all
  select content.*, internal_essay_id,
    :timeline::jsonb || jsonb_build_object('repaired', :timeline::jsonb -> 'ready_for_processing')
  from existing join content using (text_storage_id)
  where is_orphan
), written as (
  insert into essay_states as essay (essay_id, batch_id, current_status, processing_metadata,
    storage_references, timeline, text_storage_id, updated_at)
  select internal_essay_id, :batch_id, 'ready_for_processing', processing_metadata, storage_references, timeline,
    text_storage_id, now()
  from owed
  order by position
  on conflict (essay_id) do update
  set current_status = excluded.current_status, processing_metadata = excluded.processing_metadata,
    storage_references = excluded.storage_references, timeline = excluded.timeline,
    text_storage_id = excluded.text_storage_id, updated_at = excluded.updated_at,
    version = essay.version + 1
  where essay.text_storage_id is null
  returning essay_id, text_storage_id, processing_metadata ->> 'correlation_id' as correlation_id
), event as (
  insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
  select essay_id, 'essay', 'essay.slot.assigned',
    jsonb_build_object('batch_id', :batch_id::text, 'essay_id', essay_id,
      'text_storage_id', text_storage_id, 'correlation_id', correlation_id),
    essay_id, 'essay.slot.assigned'
  from written
)
select content.text_storage_id, coalesce(given.internal_essay_id, existing.internal_essay_id) as essay_id, case
    when given.internal_essay_id is not null then 'created'
    when seen.id is null then 'unknown_batch'
    when seen.is_switching then 'contended'
    when not seen.fits then 'inventory_mismatch'
    when existing.internal_essay_id is not null then 'reused'
    when not seen.is_open then 'no_slot'
    when (
      select id from slot_assignments
      where batch_tracker_id = (select id from seen) and status = 'available'
      order by internal_essay_id collate "C"
      offset (select count(*) from claimed)
      limit 1
    ) is not null then 'contended'
    else 'no_slot'
  end as outcome, existing.created_by
from content
  left join seen on true
  left join given on given.position = content.position
  left join existing on existing.text_storage_id = content.text_storage_id
