-- Removes campaigns with their vouchers.
delete from vouchers where campaign = any(:batch_ids)
