-- A campaign with its vouchers.
insert into vouchers (campaign, code)
select :batch_id, 'V' || lpad(number::text, 7, '0')
from generate_series(1, :slots::integer) as number
returning code as slot_id
