// The lock is taken by a statement of its own: the one that claims sees all that was done under it.
import { courses } from './places.js';
import { inTransaction } from './seats.js';

export default courses('locked_inside_right', (client, { batchId, contentId }) =>
  inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [batchId]);
    const { rows } = await client.query(
      `with own as (
         select student from locked_inside_right_enrolments where course = $1 and student = $2
       ), enrolled as (
         insert into locked_inside_right_enrolments
         select id, $2 from locked_inside_right_courses
         where id = $1 and not exists (select from own)
           and capacity > (select count(*) from locked_inside_right_enrolments where course = $1)
         returning student
       )
       select exists (select from own) as own, exists (select from enrolled) as enrolled`,
      [batchId, contentId],
    );
    if (rows[0].own) return { outcome: 'reused' };
    return { outcome: rows[0].enrolled ? 'created' : 'no_slot' };
  }),
);
