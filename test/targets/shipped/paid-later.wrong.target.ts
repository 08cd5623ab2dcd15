// Payment and event are written after the commit: lost with the process, and who comes again is told that all is done.
import { paidSeats, pay } from './payments.js';
import { claimFirstFree, inTransaction, lockEvent } from './seats.js';

const TABLE = 'paid_later_wrong';

export default paidSeats(TABLE, async (client, call) => {
  const claimed = await inTransaction(client, async () => {
    await lockEvent(client, call);
    return claimFirstFree(client, TABLE, call);
  });
  if (claimed.outcome === 'created') await pay(client, TABLE, call);
  return claimed;
});
