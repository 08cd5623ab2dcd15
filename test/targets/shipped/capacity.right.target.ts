// The course is locked before its places are counted.
import { courses } from './places.js';
import { inTransaction } from './seats.js';

export default courses('capacity_right', (client, { batchId, contentId }) =>
  inTransaction(client, async () => {
    const course = await client.query(
      'select capacity from capacity_right_courses where id = $1 for update',
      [batchId],
    );
    const { rows } = await client.query(
      `select count(*)::integer as taken, coalesce(bool_or(student = $2), false) as own
       from capacity_right_enrolments where course = $1`,
      [batchId, contentId],
    );
    if (rows[0].own) return { outcome: 'reused' };
    if (rows[0].taken >= course.rows[0].capacity) return { outcome: 'no_slot' };
    await client.query('insert into capacity_right_enrolments values ($1, $2)', [batchId, contentId]);
    return { outcome: 'created' };
  }),
);
