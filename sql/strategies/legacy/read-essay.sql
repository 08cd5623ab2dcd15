-- Round trip 5: the essay's state, to see whether this content's assignment is written there.
select text_storage_id from essay_states where essay_id = :essay_id
