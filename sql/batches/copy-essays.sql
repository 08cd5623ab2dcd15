-- Adds uploaded essays. A column that is not named has its default.
copy essay_states (essay_id, batch_id) from stdin
