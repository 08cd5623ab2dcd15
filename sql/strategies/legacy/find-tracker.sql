-- Round trip 1: the batch's tracker, by the batch's public id.
select id::text, inventory from batch_essay_trackers where batch_id = :batch_id
