-- Which of these batches are being switched from one inventory to the other, or were when their migration ended.
select batch_id as "batchId" from batch_essay_trackers
where batch_id = any(:batch_ids::text[]) and inventory = 'switching' order by batch_id
