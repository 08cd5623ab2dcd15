// The same with the lock of a queue.
import { jobs } from './jobs.js';

export default jobs('fetched_twice_right', async (pool, { batchId, contentId }) => {
  const { rows } = await pool.query(
    `update fetched_twice_right set fetched_by = $2
     where queue = $1 and number = (
       select number from fetched_twice_right where queue = $1 and fetched_by is null
       order by number limit 1 for update skip locked
     )
     returning number`,
    [batchId, contentId],
  );
  return rows[0]?.number;
});
