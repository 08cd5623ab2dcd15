// The advisory lock is the transaction's own: the commit lets go of it.
import { claimFirstFree, inTransaction, lockEvent, seats } from './seats.js';

export default seats('unlocked_before_commit_right', (client, call) =>
  inTransaction(client, async () => {
    await lockEvent(client, call);
    return claimFirstFree(client, 'unlocked_before_commit_right', call);
  }),
);
