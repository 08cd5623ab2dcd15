// Read, decide, write, in one transaction and without a lock, as an ORM writes it.
import { inTransaction, seats } from './seats.js';

export default seats('read_decide_write_wrong', (client, { batchId, contentId }) =>
  inTransaction(client, async () => {
    const { rows } = await client.query(
      'select number, holder from read_decide_write_wrong where event = $1 order by number',
      [batchId],
    );
    const own = rows.find(({ holder }) => holder === contentId);
    if (own) return { outcome: 'reused', slotId: own.number };
    const free = rows.find(({ holder }) => holder === null);
    if (!free) return { outcome: 'no_slot' };
    await client.query('update read_decide_write_wrong set holder = $3 where event = $1 and number = $2', [
      batchId,
      free.number,
      contentId,
    ]);
    return { outcome: 'created', slotId: free.number };
  }),
);
