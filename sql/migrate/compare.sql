-- Holds the slots and essays of a batch against each other. `pending` is how many rows copy-to-slots.sql would copy when the
-- batch goes to slots; to essays nothing is ever missing, for who takes a slot writes its essay too. `disagreements` is the
-- beginning of what differs besides: slots and essays that do not agree, among them slots that a call has claimed and
-- whose essay it has not written yet.
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
), judged as (
  select *, :to = 'slots' and (slot_status is null or (slot_status = 'available' and essay_content is not null))
      as is_pending
  from differing
)
select (select count(*)::integer from judged where is_pending) as "pending",
  (
    select coalesce(jsonb_agg(each), '[]') from (
    select :batch_id::text as batch_id, essay_id, slot_status, slot_content, essay_status::text, essay_content
    from judged
    where is_pending is not true
    order by essay_id
    limit 10
  ) as each
  ) as "disagreements"
