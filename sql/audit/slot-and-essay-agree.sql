-- Must hold: where slots are the inventory, a slot and its essay name the same content; where essays are the
-- inventory, no slot was written, but by a migration what its essay says. Returns what disagrees: a slot that was
-- written against what its essay says, or an essay against its slot.
select batch_id as "batchId", essay_id as "slotId", coalesce(essay_content, slot_content) as "contentId",
  case when is_slot then 'slot_assignments.text_storage_id' else 'essay_states.text_storage_id' end as field,
  case when is_slot then slot_content else essay_content end as found,
  case when not is_slot then slot_content when follows_essay then essay_content end as expected
from (
  select tracker.batch_id, slot.internal_essay_id as essay_id, slot.text_storage_id as slot_content,
    essay.text_storage_id as essay_content,
    tracker.inventory <> 'slots' or slot.text_storage_id is null as is_slot,
    tracker.inventory = 'slots' or tracker.migrated_at is not null as follows_essay
  from batch_essay_trackers tracker
  join slot_assignments slot on slot.batch_tracker_id = tracker.id
  left join essay_states essay on essay.essay_id = slot.internal_essay_id
  where tracker.batch_id = any(:batch_ids::text[])
    and case tracker.inventory
      when 'slots' then slot.text_storage_id is distinct from essay.text_storage_id
      else slot.text_storage_id is not null
        and (tracker.migrated_at is null or slot.text_storage_id is distinct from essay.text_storage_id)
    end
) differing
