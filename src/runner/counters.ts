import type { InstanceCounters } from '../target/instance.js';

/** What the instances of a load did, and what they did to warm up, which is in no other count. */
export interface LoadCounters extends InstanceCounters {
  /** Calls on batches of their own before a closed loop. */
  readonly warmUpCalls: number;
}

export const NO_COUNTERS: LoadCounters = { roundTrips: 0, retriesByCode: {}, counts: {}, warmUpCalls: 0 };

type Counts = Readonly<Record<string, number>>;

/** What several instances did. */
export function sumCounters(counters: readonly LoadCounters[]): LoadCounters {
  return {
    roundTrips: counters.reduce<number | null>((sum, each) => added(sum, each.roundTrips, 1), 0),
    retriesByCode: sumByName(counters.map((each) => each.retriesByCode)),
    counts: sumByName(counters.map((each) => each.counts)),
    warmUpCalls: counters.reduce((sum, each) => sum + each.warmUpCalls, 0),
  };
}

/** What was counted since `before`. */
export function countersSince(before: InstanceCounters, now: InstanceCounters): InstanceCounters {
  const retries = Object.entries(since(before.retriesByCode, now.retriesByCode));
  return {
    roundTrips: added(now.roundTrips, before.roundTrips, -1),
    retriesByCode: Object.fromEntries(retries.filter(([, count]) => count > 0)),
    counts: since(before.counts, now.counts),
  };
}

function since(before: Counts, now: Counts): Counts {
  const earlier = Object.entries(before).map(([name, count]) => [name, -count]);
  return sumByName([now, Object.fromEntries(earlier) as Counts]);
}

/** By a map: a name may be one such as `constructor`. */
function sumByName(counts: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) {
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

/** Unknown where either is. */
function added(one: number | null, other: number | null, sign: 1 | -1): number | null {
  return one === null || other === null ? null : one + sign * other;
}
