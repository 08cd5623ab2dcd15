import type { RunResult } from '../domain/run-result.js';
import { KNEE_SHARE, type SweepStep } from '../domain/sweep.js';

/** What one value of a parameter came to. */
export interface Point {
  readonly value: number;
  readonly throughputPerSecond: number;
}

/**
 * The knee of a throughput curve: the smallest value that reaches 95 % of the best throughput. Beyond it more of the
 * parameter is not worth what it costs, which is what a knee means in V. Satopää et al., "Finding a 'Kneedle' in a
 * Haystack: Detecting Knee Points in System Behavior", ICDCS Workshops (2011).
 *
 * The rule is in the manner of the one-standard-error rule (L. Breiman et al., "Classification and Regression Trees",
 * 1984): the least that is as good as the best but for noise. The paper's own algorithm scales a curve to its extremes
 * and looks for the largest distance from the diagonal: on 3 to 8 points it finds a knee in the noise of a flat curve,
 * and one bad point moves all distances. Here one bad point matters only where it is the best.
 *
 * @param points in the order of their values
 * @returns null where only the last value reaches 95 %: the throughput still rises; a single point shows no knee
 */
export function kneeOf(points: readonly Point[]): number | null {
  const best = Math.max(...points.map((point) => point.throughputPerSecond));
  const knee = points.find((point) => point.throughputPerSecond >= KNEE_SHARE * best);
  return knee === undefined || knee === points.at(-1) ? null : knee.value;
}

/**
 * The last rate that was achieved, as the throughput of an open loop follows its schedule and has no knee of its own
 * below the capacity.
 *
 * @param steps in the order of their rates
 * @returns null where no rate was achieved, or the last one was: the capacity lies below or beyond them
 */
export function lastAchieved(steps: readonly Pick<SweepStep, 'value' | 'achieved'>[]): number | null {
  const last = steps.findLast(({ achieved }) => achieved);
  return last === undefined || last === steps.at(-1) ? null : last.value;
}

/** Whether the calls of an open loop were made as they were due. */
export function isAchieved({ throughputPerSecond, duePerSecond = NaN, skipped = 0 }: RunResult): boolean {
  return throughputPerSecond >= KNEE_SHARE * duePerSecond && skipped === 0;
}
