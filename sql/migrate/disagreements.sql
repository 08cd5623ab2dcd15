-- Must hold before a batch is switched: each slot has its essay and each essay its slot, both free or both taken by the
-- same content. Returns those that differ, among them what a call has claimed a slot for and not written yet; without
-- what copy-to-:before_copy_to.sql would mend, null: with it.
with tracker as materialized (
  select id from batch_essay_trackers where batch_id = :batch_id
), slot as (
  select * from slot_assignments where batch_tracker_id = (select id from tracker)
), essay as (
  select * from essay_states where batch_id = :batch_id
)
select :batch_id::text as batch_id, coalesce(slot.internal_essay_id, essay.essay_id) as essay_id,
  slot.status as slot_status, slot.text_storage_id as slot_content,
  essay.current_status::text as essay_status, essay.text_storage_id as essay_content
from slot full join essay on essay.essay_id = slot.internal_essay_id
where (slot.id is null
    or essay.essay_id is null
    or slot.text_storage_id is distinct from essay.text_storage_id
    or (slot.status = 'available') <> (essay.current_status = 'uploaded'))
  and not coalesce(case :before_copy_to::text
    when 'slots' then slot.id is null or (slot.status = 'available' and essay.text_storage_id is not null)
    when 'essays' then essay.essay_id is null and slot.status = 'available'
  end, false)
order by 2
limit :most::integer
