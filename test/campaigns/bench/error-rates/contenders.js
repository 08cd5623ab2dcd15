import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const CTE = await readFile(new URL('../../../../sql/strategies/cte.sql', import.meta.url), 'utf8');
const IDLE = 'from (select) as always';

/** Writes the copy of cte. @returns its path */
export function writeCopy(folder) {
  return write(join(folder, 'copy-of-cte.sql'), CTE);
}

/**
 * Writes cte with busy work for the server in each call.
 *
 * @param {number} work rows that it counts besides
 * @returns its path
 */
export function writeSlowed(folder, work) {
  if (CTE.split(IDLE).length !== 2)
    throw new Error(`cte.sql does not say ${IDLE} once: adapt this benchmark`);
  const busy = `from (select count(*) from generate_series(1, ${work})) as always`;
  return write(join(folder, `slowed-cte-${work}.sql`), CTE.replace(IDLE, busy));
}

async function write(path, sql) {
  await writeFile(path, sql);
  return path;
}
