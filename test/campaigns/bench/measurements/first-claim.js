import { resolveTarget } from '#els/targets/resolve.js';
import { inTransaction, withClient } from '#els/database/on-pool.js';
import { analyzeTables, registerBatches } from '#els/targets/els/batches/register.js';
import { checkpoint } from '#els/database/environment.js';
import { runLoad } from '#els/runner/run-load.js';
import { planWorkload } from '#els/workload/plan.js';
import { firstClaim } from '../fresh-engine.js';
import { underOldSnapshot } from '../old-snapshot.js';
import { p50ServiceTime } from '../percentile.js';
import { freshSchema } from '../server.js';
import { FEW_ROUNDS } from '../settings.js';
import { benchScenario } from '../tool.js';

const SLOTS = 100_000;
const SAMPLES = 40;
const TIMEOUT_MS = 10_000;
const WARM_UP = { runId: 'warm-up', batchIds: ['warm-up'], slots: 10_000 };
const EMPTY = { runId: 'empty', batchIds: ['empty'], slots: SLOTS };

/** Names of the series. */
export function firstClaimSeries(held) {
  const when = `inventory${held ? ', old snapshot held' : ''}: p50 of a fresh engine's first claim at`;
  return { early: `${when} 0 %`, late: `${when} 90 %` };
}

async function register({ database: { pool } }, batches) {
  await inTransaction(pool, async (client) => {
    for (const batch of batches) {
      await registerBatches(client, { strategy: 'inventory', inventory: 'essays', ...batch });
    }
    await analyzeTables(client);
  });
}

/**
 * Fills a batch to 90 % by the tool's workers. Not as a run of the tool, whose end is a VACUUM.
 *
 * @returns the batch's id
 */
async function fillMostly(bench, round) {
  const { pool, address, schema } = bench.database;
  const scenario = benchScenario({ arrival: 'closed', slots: SLOTS, contents: SLOTS * 0.9 });
  const plan = planWorkload(scenario, 'filled', round);
  await register(bench, [WARM_UP, EMPTY, { ...plan, slots: SLOTS }]);
  const names = {
    applicationName: 'els-assign bench',
    warmUpBatches: [{ batchId: 'warm-up', form: 'essays' }],
  };
  const { spec, forms, terms } = await resolveTarget('inventory', false);
  const how = { timeoutMs: TIMEOUT_MS, prepare: true, places: terms.places, refs: new Map() };
  const load = { plan, spec, forms, address, schema, ...how, ...names };
  const hooks = { beforeRelease: async () => void (await withClient(pool, checkpoint)) };
  const { calls } = await runLoad(bench.fleet, load, hooks, bench.stop);
  const given = new Set(calls.filter(({ outcome }) => outcome === 'created').map(({ slotId }) => slotId));
  if (given.size !== scenario.contents) {
    throw new Error(`${given.size} slots were given to ${scenario.contents} contents`);
  }
  return plan.batchIds[0];
}

async function sampleFirstClaims(bench, round) {
  await freshSchema(bench);
  const filled = await fillMostly(bench, round);
  const early = [];
  const late = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    early.push(await firstClaim(bench, { batchId: 'empty', content: `empty-${sample}` }, 'warm-up'));
    late.push(await firstClaim(bench, { batchId: filled, content: `late-${sample}` }, 'warm-up'));
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
