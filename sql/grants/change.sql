-- What claims and completions change, and a run registers before and removes afterwards; what says of a run that it is at work.
grant insert, update, delete on :"schema".batch_essay_trackers, :"schema".slot_assignments, :"schema".essay_states,
  :"schema".runs to :"role"
