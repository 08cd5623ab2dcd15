import { loopByCrew } from '../competitors/crew.js';
import { withRegistered } from '../pgbench-assignments.js';
import { CONNECTIONS, SECONDS, WORKERS } from '../settings.js';

const BATCHES = 100;
const SLOTS = 250 * SECONDS;

const KINDS = {
  'bare-protocol': new URL('../loops/bare-member.js', import.meta.url),
  'node-postgres': new URL('../loops/driver-member.js', import.meta.url),
};

/** @param {'bare-protocol' | 'node-postgres'} kind */
export const loopSeries = (kind, strategy) => `${kind} loop ${strategy}`;

function loop(kind, strategy) {
  const series = loopSeries(kind, strategy);
  const measure = async (bench) => {
    const { connectionString } = bench.database.address;
    const { schema } = bench.database;
    const connections = CONNECTIONS / WORKERS;
    const job = { connectionString, schema, strategy, connections, batches: BATCHES, seconds: SECONDS };
    const load = { strategy, batches: BATCHES, slots: SLOTS };
    const { perSecond } = await withRegistered(bench, load, () => loopByCrew(KINDS[kind], job));
    return { [series]: perSecond };
  };
  return { unit: 'perSecond', series: [series], measure };
}

/** The floors of the tool's own weight: the least that Node can do, and the least that node-postgres can. */
export const loops = ['inventory', 'legacy'].flatMap((strategy) =>
  Object.keys(KINDS).map((kind) => loop(kind, strategy)),
);
