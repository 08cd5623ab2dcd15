-- A row for each voucher that is taken.
select campaign as batch_id, code as slot_id, customer as content_id
from vouchers where campaign = any(:batch_ids) and customer is not null
