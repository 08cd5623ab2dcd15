-- Must hold: an assigned essay's three documents are whole and speak of its content. Returns those that are not.
select batch_id, essay_id, text_storage_id, processing_metadata::text as processing_metadata,
  storage_references::text as storage_references, timeline::text as timeline
from essay_states
where batch_id in (select batch_id from run_batches where run_id = :run_id)
  and text_storage_id is not null
  and not coalesce(
    processing_metadata ?& array['original_file_name', 'file_size_bytes', 'content_md5_hash',
      'file_upload_id', 'correlation_id']
    and storage_references ->> 'original_essay' = text_storage_id
    and timeline ? 'ready_for_processing',
    false
  )
