-- The second half of a lone statement: what it wrote becomes visible, and its locks end.
commit
