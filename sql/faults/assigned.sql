-- How many essays of the batches have a content, on this statement's snapshot.
select count(*)::integer as assigned from essay_states
where batch_id = any(:batch_ids::text[]) and text_storage_id is not null
