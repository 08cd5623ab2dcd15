-- Leaves a mark that lasts to the end of the transaction: outside BEGIN and COMMIT, to the end of this statement alone.
select set_config('els_assign.transaction', 'open', true)
