import { benchScenario, runTool } from '../tool.js';

const SLOTS = 10_000;

export const BURST = { p50: 'inventory, burst: p50', p99: 'inventory, burst: p99' };

/** Service time while 10,000 contents that came at once fill one batch. */
export const burst = {
  unit: 'micros',
  series: Object.values(BURST),
  measure: async (bench, round) => {
    const scenario = benchScenario({ arrival: 'burst', slots: SLOTS });
    const { run } = await runTool(bench, { strategy: 'inventory', scenario, round });
    const { p50, p99 } = run.serviceTimeMicros;
    return { [BURST.p50]: p50, [BURST.p99]: p99 };
  },
};
