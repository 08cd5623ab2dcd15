import { loopByCrew } from '../competitors/crew.js';
import { withRegistered } from '../pgbench-assignments.js';
import { CONNECTIONS, SECONDS, WORKERS } from '../settings.js';

const MEMBER = new URL('../bare-member.js', import.meta.url);
const BATCHES = 100;
const SLOTS = 250 * SECONDS;

export const BARE_LOOP = 'bare-protocol loop inventory';

/** The floor of the tool's own weight: `inventory` over as many connections by the least that Node can do. */
export const bareLoop = {
  unit: 'perSecond',
  series: [BARE_LOOP],
  measure: async (bench) => {
    const { connectionString } = bench.database.target;
    const { schema } = bench.database;
    const connections = CONNECTIONS / WORKERS;
    const job = { connectionString, schema, connections, batches: BATCHES, seconds: SECONDS };
    const load = { strategy: 'inventory', batches: BATCHES, slots: SLOTS };
    const { perSecond } = await withRegistered(bench, load, () => loopByCrew(MEMBER, job));
    return { [BARE_LOOP]: perSecond };
  },
};
