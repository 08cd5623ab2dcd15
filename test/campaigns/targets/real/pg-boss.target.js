// pg-boss as it is: a batch is a queue, a slot is a job, a call fetches one and completes it.
import { randomUUID } from 'node:crypto';
import { defineTarget } from 'els-assign';
import PgBoss from 'pg-boss';

const QUIET = { supervise: false, schedule: false };
const JOBS_PER_INSERT = 5_000;

/** pg-boss on the tool's own connection. */
function bossOn(client) {
  return new PgBoss({ ...QUIET, db: { executeSql: (text, values) => client.query(text, values) } }).start();
}

export default defineTarget({
  name: 'pg-boss',
  promises: { idempotent: false, truthfulNoSlot: false },

  async setup({ client }) {
    await bossOn(client);
  },

  async register({ client }, batches) {
    const boss = await bossOn(client);
    const registered = [];
    for (const { batchId, slots } of batches) {
      await boss.createQueue(batchId);
      const jobs = Array.from({ length: slots }, () => ({ name: batchId, id: randomUUID() }));
      for (let at = 0; at < slots; at += JOBS_PER_INSERT)
        await boss.insert(jobs.slice(at, at + JOBS_PER_INSERT));
      registered.push({ batchId, slotIds: jobs.map(({ id }) => id) });
    }
    return registered;
  },

  async open({ connectionString, connections }) {
    const boss = new PgBoss({ ...QUIET, connectionString, max: connections, migrate: false });
    boss.on('error', (error) => console.error(error));
    await boss.start();
    return {
      async assign({ batchId, contentId }) {
        const [job] = await boss.fetch(batchId);
        if (job === undefined) return { outcome: 'no_slot' };
        await boss.complete(batchId, job.id, { fetchedBy: contentId });
        return { outcome: 'assigned', slotId: job.id };
      },
      close: () => boss.stop({ graceful: false, wait: true }),
    };
  },

  async assignments({ client }, batchIds) {
    const { rows } = await client.query(
      `select name as "batchId", id as "slotId", output ->> 'fetchedBy' as "contentId"
       from pgboss.job where name = any($1) and state = 'completed'`,
      [batchIds],
    );
    return rows;
  },

  async remove({ client }, batchIds) {
    const boss = await bossOn(client);
    for (const batchId of batchIds) {
      // It refuses to delete a queue in which a job was completed.
      await client.query('delete from pgboss.job where name = $1', [batchId]);
      await boss.deleteQueue(batchId);
    }
  },
});
