/** Slowed by 15 %: the share of the throughput that is left. */
const SHARE = 0.85;
const FIRST_WORK = 1_000;
const STEPS = 3;
/** Seeds that no recorded comparison has. */
const FIRST_SEED = 1_000_000;

/**
 * Finds how much work slows cte by 15 %: the time of a call grows in proportion to it, so each step scales the work by
 * what its own comparison measured.
 *
 * @param {(work: number, seed: number) => Promise<{ rounds: [number, number][] }>} measure
 * @returns {Promise<{ work: number, share: number, steps: { work: number, share: number }[] }>}
 */
export async function calibrate(measure) {
  const steps = [];
  let work = FIRST_WORK;
  for (let step = 0; step < STEPS; step++) {
    const { rounds } = await measure(work, FIRST_SEED + step);
    const share = geometricMean(rounds.map(([subject, reference]) => subject / reference));
    steps.push({ work, share });
    console.error(`calibration: ${work} rows leave ${share.toFixed(3)} of the throughput`);
    work = share < 1 ? Math.max(1, Math.round((work * (1 / SHARE - 1)) / (1 / share - 1))) : 2 * work;
  }
  return { work, share: SHARE, steps };
}

function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
