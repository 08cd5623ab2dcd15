-- Vouchers of campaigns. A customer gets one voucher of a campaign at most.
create table if not exists vouchers (
  campaign text not null,
  code text not null,
  customer text,
  taken_at timestamptz,
  primary key (campaign, code),
  unique (campaign, customer)
);

-- Gives a customer a voucher, once. Says busy while rivals hold what is free, and no_slot when nothing is.
create or replace function claim_voucher(of_campaign text, for_customer text)
returns table (slot_id text, outcome text)
language plpgsql as $$
declare
  free bigint;
begin
  begin
    update vouchers set customer = for_customer, taken_at = now()
    where campaign = of_campaign and code = (
      select code from vouchers
      where campaign = of_campaign and customer is null
        and not exists (select from vouchers where campaign = of_campaign and customer = for_customer)
      order by code limit 1 for update skip locked
    )
    returning code into slot_id;
    if found then
      outcome := 'created';
      return next;
      return;
    end if;
  exception when unique_violation then
    -- Another delivery for this customer was faster: the look below finds its voucher.
  end;
  select max(code) filter (where customer = for_customer), count(*) filter (where customer is null)
  into slot_id, free
  from vouchers where campaign = of_campaign;
  outcome := case when slot_id is not null then 'reused' when free > 0 then 'busy' else 'no_slot' end;
  return next;
end $$;
