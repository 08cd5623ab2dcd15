-- Round trip 7: the event, in the transaction that wrote the essay.
insert into event_outbox (aggregate_id, aggregate_type, event_type, event_data, event_key, topic)
values (:essay_id, 'essay', 'essay.slot.assigned',
  jsonb_build_object('batch_id', :batch_id::text, 'essay_id', :essay_id::text,
    'text_storage_id', :text_storage_id::text, 'correlation_id', :correlation_id::text),
  :essay_id, 'essay.slot.assigned')
