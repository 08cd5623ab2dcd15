-- One row: the voucher, and how it came about.
select slot_id, outcome from claim_voucher(:batch_id, :content_id)
