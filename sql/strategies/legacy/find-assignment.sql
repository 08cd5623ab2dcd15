-- Round trip 2: has this content a slot already (a duplicate delivery)?
select internal_essay_id from slot_assignments
where batch_tracker_id = :tracker_id::bigint and text_storage_id = :text_storage_id
