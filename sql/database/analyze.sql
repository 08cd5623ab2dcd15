-- Gives the planner statistics of every table of a database of the tool's own, after rows were registered there.
analyze
