-- What a migration would copy, as of now: rows that one inventory has and the other has not.
with tracker as materialized (
  select id from batch_essay_trackers where batch_id = :batch_id
)
select case :to::text
    when 'slots' then (
      select count(*)::integer
      from essay_states essay left join slot_assignments slot
        on slot.batch_tracker_id = (select id from tracker) and slot.internal_essay_id = essay.essay_id
      where essay.batch_id = :batch_id
        and (slot.id is null or (slot.status = 'available' and essay.text_storage_id is not null))
    )
    else (
      select count(*)::integer from slot_assignments slot
      where slot.batch_tracker_id = (select id from tracker)
        and slot.status = 'available'
        and not exists (select 1 from essay_states where essay_id = slot.internal_essay_id)
    )
  end as "rows"
