-- A foreign session holds every free essay, as a maintenance job does. Must hold: nothing is written.
select 1 from essay_states
where batch_id = :batch_id and current_status = 'uploaded'
for no key update
