-- Round trip 6: writes the essay's state. Must hold: a row comes back only from the one call that wrote it;
-- an essay that has a content already, this one or another, is left alone; the timeline of an orphan that another
-- call than its slot's claimer writes says that it was repaired.
insert into essay_states as essay (essay_id, batch_id, current_status, processing_metadata,
  storage_references, timeline, text_storage_id, updated_at)
values (:essay_id, :batch_id, 'ready_for_processing', :processing_metadata::jsonb,
  :storage_references::jsonb,
  case when :repair::boolean
    then :timeline::jsonb || jsonb_build_object('repaired', :timeline::jsonb -> 'ready_for_processing')
    else :timeline::jsonb
  end,
  :text_storage_id, now())
on conflict (essay_id) do update
set current_status = excluded.current_status, processing_metadata = excluded.processing_metadata,
  storage_references = excluded.storage_references, timeline = excluded.timeline,
  text_storage_id = excluded.text_storage_id, updated_at = excluded.updated_at,
  version = essay.version + 1
where essay.text_storage_id is null
returning essay_id
