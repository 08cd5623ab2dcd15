// On the statement's own snapshot no enrolment is there; the insert meets that of a rival and does nothing: told as new,
// and counted again.
import { courses } from './places.js';

export default courses('conflict_told_as_new_wrong', async (client, { batchId, contentId }) => {
  const { rows } = await client.query(
    `with before as (
       select from conflict_told_as_new_wrong_enrolments where course = $1 and student = $2
     ), place as (
       update conflict_told_as_new_wrong_courses set taken = taken + 1
       where id = $1 and taken < capacity and not exists (select from before)
       returning id
     ), enrolled as (
       insert into conflict_told_as_new_wrong_enrolments select id, $2 from place on conflict do nothing
     )
     select exists (select from before) as again, exists (select from place) as placed`,
    [batchId, contentId],
  );
  if (rows[0].again) return { outcome: 'reused' };
  return { outcome: rows[0].placed ? 'created' : 'no_slot' };
});
