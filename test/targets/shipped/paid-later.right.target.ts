// Seat, payment and event are written by one transaction.
import { paidSeats, pay } from './payments.js';
import { claimFirstFree, inTransaction, lockEvent } from './seats.js';

const TABLE = 'paid_later_right';

export default paidSeats(TABLE, (client, call) =>
  inTransaction(client, async () => {
    await lockEvent(client, call);
    const claimed = await claimFirstFree(client, TABLE, call);
    if (claimed.outcome === 'created') await pay(client, TABLE, call);
    return claimed;
  }),
);
