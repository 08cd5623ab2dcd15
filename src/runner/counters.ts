import type { EngineCounters } from '../targets/els/engine/assignment.js';

/** What the engines of a load did, and what they did to warm up, which is in no other count. */
export interface LoadCounters extends EngineCounters {
  /** Calls on batches of their own before a closed loop. */
  readonly warmUpCalls: number;
}

export const NO_COUNTERS: LoadCounters = {
  roundTrips: 0,
  completionLooks: 0,
  retriesByCode: {},
  warmUpCalls: 0,
};

/** What several engines did. */
export function sumCounters(counters: readonly LoadCounters[]): LoadCounters {
  const retriesByCode: Record<string, number> = {};
  for (const [code, count] of counters.flatMap((each) => Object.entries(each.retriesByCode))) {
    retriesByCode[code] = (retriesByCode[code] ?? 0) + count;
  }
  return {
    roundTrips: counters.reduce((sum, each) => sum + each.roundTrips, 0),
    completionLooks: counters.reduce((sum, each) => sum + each.completionLooks, 0),
    retriesByCode,
    warmUpCalls: counters.reduce((sum, each) => sum + each.warmUpCalls, 0),
  };
}

/** What was counted since `before`. */
export function countersSince(before: EngineCounters, now: EngineCounters): EngineCounters {
  const codes = Object.entries(now.retriesByCode).map(([code, count]): [string, number] => [
    code,
    count - (before.retriesByCode[code] ?? 0),
  ]);
  return {
    roundTrips: now.roundTrips - before.roundTrips,
    completionLooks: now.completionLooks - before.completionLooks,
    retriesByCode: Object.fromEntries(codes.filter(([, count]) => count > 0)),
  };
}
