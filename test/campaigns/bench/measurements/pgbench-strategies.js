import { assignByPgbench } from '../pgbench-assignments.js';
import { strategyScript } from '../pgbench-script.js';
import { SECONDS, STRATEGIES } from '../settings.js';

const BATCHES = 100;
const SLOTS = 250 * SECONDS;

/** Each strategy's SQL, over many batches, by pgbench. */
export const pgbenchStrategies = STRATEGIES.map((strategy) => {
  const series = `pgbench ${strategy}`;
  return {
    unit: 'perSecond',
    series: [series],
    measure: async (bench) => {
      const statements = strategyScript(strategy);
      return {
        [series]: await assignByPgbench(bench, { strategy, statements, batches: BATCHES, slots: SLOTS }),
      };
    },
  };
});
