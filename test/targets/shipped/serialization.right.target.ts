// Repeatable read, and after 40001 all of it again: the question for an own seat too.
import { claimFirstFree, inRepeatableRead, seats } from './seats.js';

const TABLE = 'serialization_right';

export default seats(TABLE, async (client, call) => {
  for (;;) {
    try {
      return await inRepeatableRead(client, () => claimFirstFree(client, TABLE, call));
    } catch (error) {
      if ((error as { code?: string }).code !== '40001') throw error;
    }
  }
});
