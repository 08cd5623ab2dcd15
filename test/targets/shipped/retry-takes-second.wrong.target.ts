// Repeatable read, and again after 40001: but whether the customer has a seat was asked before, outside what is repeated.
import { findOwn, inRepeatableRead, seats, stampFirstFree } from './seats.js';

const TABLE = 'retry_takes_second_wrong';

export default seats(TABLE, async (client, call) => {
  const own = await findOwn(client, TABLE, call);
  if (own !== undefined) return { outcome: 'reused', slotId: own };
  for (;;) {
    try {
      return await inRepeatableRead(client, () => stampFirstFree(client, TABLE, call));
    } catch (error) {
      if ((error as { code?: string }).code !== '40001') throw error;
    }
  }
});
