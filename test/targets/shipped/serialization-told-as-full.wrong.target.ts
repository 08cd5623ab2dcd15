// Repeatable read, and 40001 is taken for "somebody else has got the last one".
import { claimFirstFree, inRepeatableRead, seats } from './seats.js';

const TABLE = 'serialization_told_as_full_wrong';

export default seats(TABLE, async (client, call) => {
  try {
    return await inRepeatableRead(client, () => claimFirstFree(client, TABLE, call));
  } catch (error) {
    if ((error as { code?: string }).code === '40001') return { outcome: 'no_slot' };
    throw error;
  }
});
