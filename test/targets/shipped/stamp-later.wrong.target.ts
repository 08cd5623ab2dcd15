// A seat is chosen with SKIP LOCKED by one statement and stamped by another one: the lock is gone in between.
import { seats } from './seats.js';

export default seats('stamp_later_wrong', async (client, { batchId, contentId }) => {
  const own = await client.query('select number from stamp_later_wrong where event = $1 and holder = $2', [
    batchId,
    contentId,
  ]);
  if (own.rows[0]) return { outcome: 'reused', slotId: own.rows[0].number };
  const free = await client.query(
    `select number from stamp_later_wrong where event = $1 and holder is null
     order by number limit 1 for update skip locked`,
    [batchId],
  );
  if (!free.rows[0]) return { outcome: 'no_slot' };
  await client.query('update stamp_later_wrong set holder = $3 where event = $1 and number = $2', [
    batchId,
    free.rows[0].number,
    contentId,
  ]);
  return { outcome: 'created', slotId: free.rows[0].number };
});
