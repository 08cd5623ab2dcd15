-- Copies to slot_assignments what essay_states has and it has not: taken slots, and slots that are missing; :most of them
-- at once, null: all. Must hold: a slot that has a content, or has failed, is left alone.
-- `disagreements` is the beginning of what differs besides, as in compare.sql.
-- The limit has essays looked up one by one, where a join might read the whole table.
with tracker as materialized (
  select id from batch_essay_trackers where batch_id = :batch_id
), slot as (
  select * from slot_assignments where batch_tracker_id = (select id from tracker)
), essay as (
  select essay_id, current_status, text_storage_id from essay_states
  where batch_id = :batch_id and text_storage_id is not null
  union all
  select essay_id, current_status, text_storage_id from essay_states
  where batch_id = :batch_id and current_status = 'uploaded' and text_storage_id is null
), differing as materialized (
  select coalesce(slot.internal_essay_id, essay.essay_id) as essay_id,
    slot.status as slot_status, slot.text_storage_id as slot_content,
    essay.current_status as essay_status, essay.text_storage_id as essay_content
  from slot full join essay on essay.essay_id = slot.internal_essay_id
  where slot.id is null
    or essay.essay_id is null
    or slot.text_storage_id is distinct from essay.text_storage_id
    or (slot.status = 'available') <> (essay.current_status = 'uploaded')
), pending as (
  select * from differing
  where slot_status is null or (slot_status = 'available' and essay_content is not null)
  limit :most::integer
), copied as (
  insert into slot_assignments as slot
    (batch_tracker_id, internal_essay_id, status, text_storage_id, original_file_name, assigned_at)
  select (select id from tracker), essay_id, case when text_storage_id is null then 'available' else 'assigned' end,
    text_storage_id, processing_metadata ->> 'original_file_name', case when text_storage_id is not null then updated_at end
  from pending cross join lateral (
    select text_storage_id, processing_metadata, updated_at from essay_states
    where essay_id = pending.essay_id
    limit 1
  ) as essay
  on conflict (batch_tracker_id, internal_essay_id) do update
  set status = excluded.status, text_storage_id = excluded.text_storage_id,
    original_file_name = excluded.original_file_name, assigned_at = excluded.assigned_at
  where slot.status = 'available'
  returning internal_essay_id
)
select (select count(*)::integer from copied) as "copied",
  (
    select coalesce(jsonb_agg(each), '[]') from (
    select :batch_id::text as batch_id, essay_id, slot_status, slot_content, essay_status::text, essay_content
    from differing
    where essay_id not in (select internal_essay_id from copied)
    order by essay_id
    limit 10
  ) as each
  ) as "disagreements"
