import PgBoss from 'pg-boss';

/**
 * A started pg-boss that does nothing beside what it is told.
 *
 * @param {{ connectionString: string, schema: string }} where
 */
export async function openBoss(where) {
  const boss = new PgBoss({ ...where, supervise: false, schedule: false });
  boss.on('error', (error) => console.error(error));
  return boss.start();
}
