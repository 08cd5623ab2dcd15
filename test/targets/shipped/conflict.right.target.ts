// A statement that inserts and does nothing else has waited for the rival: what it did is what there was.
import { courses } from './places.js';
import { inTransaction } from './seats.js';

export default courses('conflict_right', (client, { batchId, contentId }) =>
  inTransaction(client, async () => {
    const enrolled = await client.query(
      'insert into conflict_right_enrolments values ($1, $2) on conflict do nothing',
      [batchId, contentId],
    );
    if (enrolled.rowCount === 0) return { outcome: 'reused' };
    const place = await client.query(
      'update conflict_right_courses set taken = taken + 1 where id = $1 and taken < capacity',
      [batchId],
    );
    return place.rowCount === 1 ? { outcome: 'created' } : { outcome: 'no_slot' };
  }),
);
