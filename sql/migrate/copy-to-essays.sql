-- Copies to essay_states what slot_assignments has and it has not: essays of free slots; :most of them at once, null: all.
-- Who takes a slot writes its essay too, so nothing else is missing.
-- `disagreements` is the beginning of what differs besides: slots and essays that do not agree, among them slots that a call
-- has claimed and whose essay it has not written yet.
-- The essays of a batch are read by its two partial indexes, for there is none of them all.
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
), copied as (
  insert into essay_states (essay_id, batch_id)
  select essay_id, :batch_id from differing
  where essay_status is null and slot_status = 'available'
  limit :most::integer
  on conflict (essay_id) do nothing
  returning essay_id
)
select (select count(*)::integer from copied) as "copied",
  (
    select coalesce(jsonb_agg(each), '[]') from (
    select :batch_id::text as batch_id, essay_id, slot_status, slot_content, essay_status::text, essay_content
    from differing
    where essay_id not in (select essay_id from copied)
    order by essay_id
    limit 10
  ) as each
  ) as "disagreements"
