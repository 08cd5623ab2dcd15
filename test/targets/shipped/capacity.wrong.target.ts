// The capacity is counted on the claim's own snapshot: two pass one limit.
import { courses } from './places.js';
import { inTransaction } from './seats.js';

export default courses('capacity_wrong', (client, { batchId, contentId }) =>
  inTransaction(client, async () => {
    const course = await client.query('select capacity from capacity_wrong_courses where id = $1', [batchId]);
    const { rows } = await client.query(
      `select count(*)::integer as taken, coalesce(bool_or(student = $2), false) as own
       from capacity_wrong_enrolments where course = $1`,
      [batchId, contentId],
    );
    if (rows[0].own) return { outcome: 'reused' };
    if (rows[0].taken >= course.rows[0].capacity) return { outcome: 'no_slot' };
    await client.query('insert into capacity_wrong_enrolments values ($1, $2)', [batchId, contentId]);
    return { outcome: 'created' };
  }),
);
