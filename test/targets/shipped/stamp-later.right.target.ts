// The same in one transaction that begins with a lock of the customer: chosen and stamped under one lock.
import { inTransaction, seats } from './seats.js';

export default seats('stamp_later_right', (client, { batchId, contentId }) =>
  inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, hashtextextended($2, 0)))', [
      contentId,
      batchId,
    ]);
    const { rows } = await client.query(
      `select max(number) filter (where holder = $2) as own, count(*) filter (where holder is null)::integer as free
       from stamp_later_right where event = $1`,
      [batchId, contentId],
    );
    if (rows[0].own !== null) return { outcome: 'reused', slotId: rows[0].own };
    if (rows[0].free === 0) return { outcome: 'no_slot' };
    const taken = await client.query(
      `update stamp_later_right set holder = $2 where event = $1 and number = (
         select number from stamp_later_right where event = $1 and holder is null
         order by number limit 1 for update skip locked
       ) returning number`,
      [batchId, contentId],
    );
    return taken.rows[0] ? { outcome: 'created', slotId: taken.rows[0].number } : { outcome: 'busy' };
  }),
);
