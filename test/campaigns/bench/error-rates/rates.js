import { sampleWithReplacement } from 'simple-statistics';
import { mulberry32 } from '#els/base/random.js';
import { upperBound } from './clopper-pearson.js';
import { judge } from './judge.js';

const FALSE_CLAIMS_BELOW = 0.05;
const FOUND_AT_LEAST = 19 / 20;
const SEED = 42;

/**
 * How often the tool is wrong about the recorded comparisons, and about as many rounds drawn from all recorded ones of
 * the kind, with replacement. What is drawn keeps whatever made the recorded rounds of equal strategies unequal.
 *
 * @param {import('./recording.js').Comparison[]} comparisons
 * @param {number} drawn comparisons to draw of each kind
 */
export function measureRates(comparisons, drawn) {
  const random = mulberry32(SEED);
  const ofKind = (kind) => {
    const real = comparisons.filter((comparison) => comparison.kind === kind).map(({ rounds }) => rounds);
    const pool = real.flat();
    const draws = Array.from({ length: drawn }, () => sampleWithReplacement(pool, real[0].length, random));
    return { real: real.map(judge), drawn: draws.map(judge), ratio: geometricMeanOfRatios(pool) };
  };
  return { equal: rateOfEqual(ofKind('equal')), slowed: rateOfSlowed(ofKind('slowed')) };
}

/** Whatever is claimed of equal strategies is false, and so is a failed check. */
function rateOfEqual({ real, drawn, ratio }) {
  const isFalse = ({ claim, check }) => claim !== 'inconclusive' || check === 'failed';
  const passes = ({ check }) => check === 'passed';
  const all = share([...real, ...drawn], isFalse);
  return {
    ratio,
    falseClaims: { real: share(real, isFalse), all },
    checkPassed: { real: share(real, passes), all: share([...real, ...drawn], passes) },
    target: `upper bound < ${FALSE_CLAIMS_BELOW}`,
    met: all.upperBound95 < FALSE_CLAIMS_BELOW,
  };
}

/** Found: called slower. False: called faster, or its check passed although 15 % is beyond the margin. */
function rateOfSlowed({ real, drawn, ratio }) {
  const isFound = ({ claim }) => claim === 'slower';
  const isFalse = ({ claim, check }) => claim === 'faster' || check === 'passed';
  const fails = ({ check }) => check === 'failed';
  const found = share(real, isFound);
  return {
    ratio,
    found: { real: found, drawn: share(drawn, isFound) },
    checkFailed: { real: share(real, fails), drawn: share(drawn, fails) },
    falseClaims: { real: share(real, isFalse), all: share([...real, ...drawn], isFalse) },
    target: 'found in 19 of 20 real comparisons',
    met: found.rate >= FOUND_AT_LEAST,
  };
}

function share(judged, test) {
  const count = judged.filter(test).length;
  const of = judged.length;
  return { count, of, rate: count / of, upperBound95: upperBound(count, of, 0.95) };
}

function geometricMeanOfRatios(rounds) {
  const logs = rounds.map(([subject, reference]) => Math.log(subject / reference));
  return Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
}
