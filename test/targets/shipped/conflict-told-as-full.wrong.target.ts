// The insert meets a rival's enrolment and does nothing, and the read on the same snapshot does not see it: told as full.
import { courses } from './places.js';
import { inTransaction } from './seats.js';

export default courses('conflict_told_as_full_wrong', (client, { batchId, contentId }) =>
  inTransaction(client, async () => {
    const { rows } = await client.query(
      `with enrolled as (
         insert into conflict_told_as_full_wrong_enrolments values ($1, $2) on conflict do nothing returning 1
       )
       select exists (select from enrolled) as enrolled, exists (
         select from conflict_told_as_full_wrong_enrolments where course = $1 and student = $2
       ) as again`,
      [batchId, contentId],
    );
    if (rows[0].again) return { outcome: 'reused' };
    if (!rows[0].enrolled) return { outcome: 'no_slot' };
    const place = await client.query(
      'update conflict_told_as_full_wrong_courses set taken = taken + 1 where id = $1 and taken < capacity',
      [batchId],
    );
    return place.rowCount === 1 ? { outcome: 'created' } : { outcome: 'no_slot' };
  }),
);
