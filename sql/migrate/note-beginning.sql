-- Notes that rows are copied from now on, before the first one is.
update batch_essay_trackers set migrated_at = now() where batch_id = :batch_id
