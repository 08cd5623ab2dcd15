// An advisory lock of the session round the work of a transaction is let go of before the commit.
import { claimFirstFree, inTransaction, seats } from './seats.js';

export default seats('unlocked_before_commit_wrong', (client, call) =>
  inTransaction(client, async () => {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [call.batchId]);
    try {
      return await claimFirstFree(client, 'unlocked_before_commit_wrong', call);
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [call.batchId]);
    }
  }),
);
