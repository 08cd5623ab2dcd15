// A worker fetches a job without a lock: a rival that waits for the row checks its id again, not how it was chosen.
import { jobs } from './jobs.js';

export default jobs('fetched_twice_wrong', async (pool, { batchId, contentId }) => {
  const { rows } = await pool.query(
    `update fetched_twice_wrong set fetched_by = $2
     where queue = $1 and number = (
       select number from fetched_twice_wrong where queue = $1 and fetched_by is null order by number limit 1
     )
     returning number`,
    [batchId, contentId],
  );
  return rows[0]?.number;
});
