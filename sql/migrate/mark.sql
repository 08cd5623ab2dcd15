-- From its commit on, nothing is claimed in the batch by a statement whose snapshot is younger.
update batch_essay_trackers set inventory = 'switching', switching_to = :to, migrated_at = clock_timestamp()
where batch_id = :batch_id
