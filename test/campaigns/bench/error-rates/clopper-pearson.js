import { bisect, gammaln } from 'simple-statistics';

const MOST_STEPS = 200;
const TOLERANCE = 1e-9;

/**
 * The one-sided upper bound of a probability: the largest one at which so few events are not less probable than
 * 1 − confidence. C. J. Clopper and E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of
 * the Binomial", Biometrika 26 (1934), 404–413.
 *
 * @param {number} events
 * @param {number} trials
 * @param {number} confidence e.g. 0.95
 */
export function upperBound(events, trials, confidence) {
  if (events >= trials) return 1;
  return bisect(
    (p) => atMost(events, trials, p) - (1 - confidence),
    TOLERANCE,
    1 - TOLERANCE,
    MOST_STEPS,
    TOLERANCE,
  );
}

/** The probability of at most so many events. */
function atMost(events, trials, p) {
  let sum = 0;
  for (let count = 0; count <= events; count++) {
    const ways = gammaln(trials + 1) - gammaln(count + 1) - gammaln(trials - count + 1);
    sum += Math.exp(ways + count * Math.log(p) + (trials - count) * Math.log1p(-p));
  }
  return sum;
}
