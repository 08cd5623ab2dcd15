// The lock is taken by the statement that claims: its snapshot is older than the lock, and so is what it counts.
import { courses } from './places.js';

export default courses('locked_inside_wrong', async (client, { batchId, contentId }) => {
  const { rows } = await client.query(
    `with locked as materialized (
       select pg_advisory_xact_lock(hashtextextended($1, 0))
     ), own as (
       select student from locked, locked_inside_wrong_enrolments where course = $1 and student = $2
     ), enrolled as (
       insert into locked_inside_wrong_enrolments
       select id, $2 from locked, locked_inside_wrong_courses
       where id = $1 and not exists (select from own)
         and capacity > (select count(*) from locked_inside_wrong_enrolments where course = $1)
       returning student
     )
     select exists (select from own) as own, exists (select from enrolled) as enrolled`,
    [batchId, contentId],
  );
  if (rows[0].own) return { outcome: 'reused' };
  return { outcome: rows[0].enrolled ? 'created' : 'no_slot' };
});
