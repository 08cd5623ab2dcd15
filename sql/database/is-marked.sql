-- Whether the mark is still there: then both statements are in one transaction. It may never have been set, or be reset to ''.
select coalesce(current_setting('els_assign.transaction', true), '') = 'open' as is_marked
