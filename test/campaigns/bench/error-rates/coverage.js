import {
  cumulativeStdNormalProbability,
  mean,
  probit,
  quantileSorted,
  sampleWithReplacement,
} from 'simple-statistics';
import { centreInterval, flipSigns } from '#els/compare/sign-flips.js';
import { mulberry32 } from '#els/base/random.js';

const CONFIDENCE = 0.95;
const TRIALS = 2_000;
const RESAMPLES = 1_000;
const ROUNDS = [6, 8, 12, 16];
const SEED = 7;

/**
 * How often intervals of nominally 95 % hold the true centre: the one that `compare` shows, and the two bootstrap
 * intervals of B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 13 and 14.
 *
 * @param {import('./recording.js').Comparison[]} comparisons
 */
export function confidenceTable(comparisons) {
  const logs = comparisons
    .filter(({ kind }) => kind === 'equal')
    .flatMap(({ rounds }) => rounds.map(([subject, reference]) => Math.log(subject / reference)));
  const centre = logs.length > 0 ? mean(logs) : 0;
  const sources = {
    normal,
    ...(logs.length > 0 && { recorded: recordedFrom(logs.map((log) => log - centre)) }),
  };
  return Object.entries(sources).flatMap(([source, draw]) =>
    ROUNDS.map((rounds) => ({ source, rounds, ...coverageOf(draw, rounds) })),
  );
}

function coverageOf(draw, rounds) {
  const random = mulberry32(SEED);
  const held = { signFlips: 0, percentile: 0, bca: 0 };
  for (let trial = 0; trial < TRIALS; trial++) {
    const values = Array.from({ length: rounds }, () => draw(random));
    for (const [method, [low, high]] of Object.entries(intervalsOf(values, random))) {
      if (low <= 0 && 0 <= high) held[method] += 1;
    }
  }
  return Object.fromEntries(Object.entries(held).map(([method, count]) => [method, count / TRIALS]));
}

function intervalsOf(values, random) {
  const { low, high } = centreInterval(flipSigns(values), CONFIDENCE);
  const means = Array.from({ length: RESAMPLES }, () =>
    mean(sampleWithReplacement(values, values.length, random)),
  );
  means.sort((a, b) => a - b);
  const tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2];
  return {
    signFlips: [low, high],
    percentile: tails.map((tail) => quantileSorted(means, tail)),
    bca: tails.map((tail) => quantileSorted(means, biasCorrected(tail, values, means))),
  };
}

/** Efron and Tibshirani's formulas 14.10, 14.14 and 14.15. */
function biasCorrected(tail, values, means) {
  const centre = mean(values);
  const bias = probit(means.filter((each) => each < centre).length / means.length);
  const jackknife = values.map((value) => (centre * values.length - value) / (values.length - 1));
  const deviations = jackknife.map((each) => mean(jackknife) - each);
  const sumOf = (power) => deviations.reduce((sum, each) => sum + each ** power, 0);
  const acceleration = sumOf(3) / (6 * sumOf(2) ** 1.5);
  const z = bias + probit(tail);
  return cumulativeStdNormalProbability(bias + z / (1 - acceleration * z));
}

/** Box and Muller's. */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function recordedFrom(logs) {
  return (random) => logs[Math.floor(random() * logs.length)];
}
