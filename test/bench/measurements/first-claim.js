import { withClient } from '../../../dist/app/database.js';
import { analyzeTables, registerBatches } from '../../../dist/batches/register.js';
import { firstClaim } from '../fresh-engine.js';
import { underOldSnapshot } from '../old-snapshot.js';
import { p50ServiceTime } from '../percentile.js';
import { FEW_ROUNDS } from '../settings.js';
import { benchScenario, runTool } from '../tool.js';

const SLOTS = 100_000;
const SAMPLES = 40;
const WARM_UP = { runId: 'warm-up', batchIds: ['warm-up'], slots: 10_000 };
const EMPTY = { runId: 'empty', batchIds: ['empty'], slots: SLOTS };

/** Names of the series. */
export function firstClaimSeries(held) {
  const when = `inventory${held ? ', old snapshot held' : ''}: p50 of a fresh engine's first claim at`;
  return { early: `${when} 0 %`, late: `${when} 90 %` };
}

async function register({ database: { pool } }) {
  await withClient(pool, async (client) => {
    for (const batch of [WARM_UP, EMPTY]) {
      await registerBatches(client, { strategy: 'inventory', inventory: 'essays', ...batch });
    }
    await analyzeTables(client);
  });
}

async function sampleFirstClaims(bench, round) {
  const scenario = benchScenario({ arrival: 'closed', slots: SLOTS, contents: SLOTS * 0.9 });
  const load = { strategy: 'inventory', scenario, round };
  const { batchIds } = await runTool(bench, load, () => register(bench));
  const early = [];
  const late = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const warm = { warmUpBatchId: 'warm-up' };
    early.push(await firstClaim(bench, { ...warm, batchId: 'empty', content: `empty-${sample}` }));
    late.push(await firstClaim(bench, { ...warm, batchId: batchIds[0], content: `filled-${sample}` }));
  }
  return { early: p50ServiceTime(early), late: p50ServiceTime(late) };
}

/** What an engine that knows nothing of a batch pays at its first claim, on an empty batch and on one filled to 90 %. */
export const firstClaims = [false, true].map((held) => {
  const names = firstClaimSeries(held);
  const measure = async (bench, round) => {
    const work = () => sampleFirstClaims(bench, round);
    const { early, late } = await (held ? underOldSnapshot(bench, work) : work());
    return { [names.early]: early, [names.late]: late };
  };
  return { unit: 'micros', series: Object.values(names), measure, mostRounds: FEW_ROUNDS };
});
