-- inventory: essays
-- Option B for many contents of one batch at once; :contents is a JSON array of them, each once, in the order of their
-- text_storage_id.
-- Must hold, besides what inventory.sql says:
--   * rows are written in the order of :contents: who must wait for a rival with the same content waits in that order,
--     so that two callers never wait for each other. INSERT … SELECT … ORDER BY keeps it whatever the plan; an UPDATE
--     takes its rows as the join gives them. No row is inserted: the claimed one is always there to be updated;
--   * which content gets which claimed essay does not matter, so claim and content meet by their number;
--   * every essay that was claimed is free on the snapshot too: another one is free, and the rest `contended`, if one
--     more than were claimed is.
with content as materialized (
  select position, text_storage_id, processing_metadata, storage_references
  from rows from (
    jsonb_to_recordset(:contents::jsonb)
      as (text_storage_id text, processing_metadata jsonb, storage_references jsonb)
  ) with ordinality as item (text_storage_id, processing_metadata, storage_references, position)
), seen as materialized (
  select batch_id, inventory = 'essays' as fits, inventory = 'switching' as is_switching,
    completed_at is null as is_open,
    case when :low_water::text is null then '' else greatest(low_water, :low_water) end as low_water
  from batch_essay_trackers
  where batch_id = :batch_id
), existing as materialized (
  select essay_id, text_storage_id,
    case when not timeline ? 'repaired' then processing_metadata ->> 'correlation_id' end as created_by
  from essay_states
  where batch_id = (select batch_id from seen where fits)
    and text_storage_id = any(array(select text_storage_id from content))
), missing as materialized (
  select *, row_number() over () as number from content
  where text_storage_id not in (select text_storage_id from existing)
), claimed as materialized (
  select essay_id from essay_states
  where batch_id = (select batch_id from seen where fits and is_open)
    and current_status = 'uploaded'
    and essay_id collate "C" > (select low_water from seen)
  order by essay_id collate "C"
  limit (select count(*) from missing)
  for no key update skip locked
), given as materialized (
  select missing.*, essay_id
  from (select essay_id, row_number() over () as number from claimed) as numbered join missing using (number)
), assigned as (
  insert into essay_states as essay (essay_id, batch_id, current_status, processing_metadata,
    storage_references, timeline, text_storage_id, updated_at)
  select essay_id, :batch_id, 'ready_for_processing', processing_metadata, storage_references, :timeline::jsonb,
    text_storage_id, now()
  from given
  order by position
  on conflict (essay_id) do update
  set current_status = excluded.current_status, processing_metadata = excluded.processing_metadata,
    storage_references = excluded.storage_references, timeline = excluded.timeline,
    text_storage_id = excluded.text_storage_id, updated_at = excluded.updated_at,
    version = essay.version + 1
  returning essay_id, text_storage_id, processing_metadata ->> 'correlation_id' as correlation_id
), event as (
  insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
  select essay_id, 'essay', 'essay.slot.assigned',
    jsonb_build_object('batch_id', :batch_id::text, 'essay_id', essay_id,
      'text_storage_id', text_storage_id, 'correlation_id', correlation_id),
    essay_id, 'essay.slot.assigned'
  from assigned
)
select content.text_storage_id, coalesce(given.essay_id, existing.essay_id) as essay_id, case
    when given.essay_id is not null then 'created'
    when seen.batch_id is null then 'unknown_batch'
    when seen.is_switching then 'contended'
    when not seen.fits then 'inventory_mismatch'
    when existing.essay_id is not null then 'reused'
    when not seen.is_open then 'no_slot'
    when (
      select essay_id from essay_states
      where batch_id = :batch_id and current_status = 'uploaded'
      order by essay_id collate "C"
      offset (select count(*) from claimed)
      limit 1
    ) is not null then 'contended'
    else 'no_slot'
  end as outcome, existing.created_by
from content
  left join seen on true
  left join given on given.position = content.position
  left join existing on existing.text_storage_id = content.text_storage_id
