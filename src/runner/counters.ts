import type { EngineCounters } from '../domain/assignment.js';

export const NO_COUNTERS: EngineCounters = { roundTrips: 0, completionLooks: 0, retriesByCode: {} };

/** What several engines did. */
export function sumCounters(counters: readonly EngineCounters[]): EngineCounters {
  const retriesByCode: Record<string, number> = {};
  for (const [code, count] of counters.flatMap((each) => Object.entries(each.retriesByCode))) {
    retriesByCode[code] = (retriesByCode[code] ?? 0) + count;
  }
  return {
    roundTrips: counters.reduce((sum, each) => sum + each.roundTrips, 0),
    completionLooks: counters.reduce((sum, each) => sum + each.completionLooks, 0),
    retriesByCode,
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
