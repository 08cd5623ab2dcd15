-- What claims and completions change, and a run registers before and removes afterwards.
grant insert, update, delete on :"schema".batch_essay_trackers, :"schema".slot_assignments, :"schema".essay_states to :"role"
