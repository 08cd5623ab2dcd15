import { SECONDS } from '../settings.js';
import { benchScenario, runTool } from '../tool.js';

const BATCHES = 100;
/** Slots of each batch that one second needs. */
const SLOTS_PER_SECOND = 1_500;

/** What the throughput of calls with so many contents is called. */
export function bulkSeries(bulk) {
  return `tool inventory, bulk ${bulk}`;
}

/** `inventory` with many contents in one statement: contents a second. */
export const bulks = [100, 500].map((bulk) => {
  const series = bulkSeries(bulk);
  const measure = async (bench, round) => {
    const scenario = benchScenario({
      arrival: 'closed',
      batches: BATCHES,
      slots: Math.ceil(SECONDS * SLOTS_PER_SECOND),
      duration: `${SECONDS * 1_000}ms`,
      gates: ['error == 0', 'unknown == 0', 'noSlot == 0'],
      bulk,
    });
    const { run } = await runTool(bench, { strategy: 'inventory', scenario, round });
    return { [series]: run.throughputPerSecond };
  };
  return { unit: 'perSecond', series: [series], measure };
});
