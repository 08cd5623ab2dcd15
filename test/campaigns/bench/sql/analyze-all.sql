-- Fresh statistics of a competitor's tables, as the tool's own tables get them after registration.
analyze
