-- Every batch of the schema, whoever registered it.
select batch_id as "batchId" from batch_essay_trackers order by batch_id
