-- A voucher that somebody has says since when.
select campaign as batch_id, customer as content_id, code
from vouchers where campaign = any(:batch_ids) and (customer is null) <> (taken_at is null)
