import { underOldSnapshot } from '../old-snapshot.js';
import { p50ServiceTime } from '../percentile.js';
import { FEW_ROUNDS } from '../settings.js';
import { benchScenario, runTool } from '../tool.js';

const SLOTS = 100_000;
/** Contents beyond the last slot, to be told `no_slot`. */
const TOO_MANY = 3_000;

/** Names of the series of one strategy. */
export function fillingSeries(strategy, held) {
  const when = `${strategy}${held ? ', old snapshot held' : ''}: p50 of`;
  return { early: `${when} a claim at 0 %`, late: `${when} a claim at 90 %`, full: `${when} no_slot` };
}

/** Claims in the order of their starts, from one share of the batch to another. */
function between(claims, from, to) {
  return claims.slice(Math.floor(SLOTS * from), Math.floor(SLOTS * to));
}

/** The calls that began when every slot was taken. */
function refused(calls, claims) {
  const full = claims.reduce((latest, { endMicros }) => Math.max(latest, endMicros), 0);
  return calls.filter(({ outcome, startMicros }) => outcome === 'no_slot' && startMicros > full);
}

async function fill(bench, strategy, round) {
  const scenario = benchScenario({ arrival: 'closed', slots: SLOTS, contents: SLOTS + TOO_MANY });
  const { calls } = await runTool(bench, { strategy, scenario, round });
  const claims = calls.filter(({ outcome }) => outcome === 'created');
  claims.sort((one, other) => one.startMicros - other.startMicros);
  return {
    // Not the very first ones, which also pay for cold caches and code.
    early: p50ServiceTime(between(claims, 0.02, 0.07)),
    late: p50ServiceTime(between(claims, 0.88, 0.93)),
    full: p50ServiceTime(refused(calls, claims)),
  };
}

/**
 * One batch of 100,000 slots filled completely, without VACUUM, and then asked for more, with and without an old
 * snapshot that keeps dead index entries alive.
 */
export const fillings = ['inventory', 'cte'].flatMap((strategy) =>
  [false, true].map((held) => {
    const names = fillingSeries(strategy, held);
    const measure = async (bench, round) => {
      const work = () => fill(bench, strategy, round);
      const found = await (held ? underOldSnapshot(bench, work) : work());
      return Object.fromEntries(Object.entries(names).map(([key, name]) => [name, found[key]]));
    };
    return { unit: 'micros', series: Object.values(names), measure, mostRounds: FEW_ROUNDS };
  }),
);
