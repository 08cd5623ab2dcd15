-- How a batch is filled, and where a migration that was interrupted wanted to go.
select inventory, switching_to as "switchingTo" from batch_essay_trackers where batch_id = :batch_id
