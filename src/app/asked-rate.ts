import type { Scenario } from '../domain/scenario.js';

/**
 * Calls per second that an open loop asks for at a moment after its release: 0 when its time is over. Undefined of
 * another arrival.
 */
export function askedRate(
  { arrival, rate = 0, stages = [], durationMs = Infinity }: Scenario,
  atMs: number,
): number | undefined {
  if (arrival !== 'open') return undefined;
  if (atMs >= durationMs) return 0;
  let from = rate;
  let startMs = 0;
  for (const stage of stages) {
    const share = (atMs - startMs) / stage.durationMs;
    if (share < 1) return from + share * (stage.rate - from);
    from = stage.rate;
    startMs += stage.durationMs;
  }
  return from;
}
