import { UsageError } from '#els/domain/errors.js';

const contains = (name, words) => words.some((word) => name.includes(word));

/**
 * The measurements that words ask for: those with a series, or with a series of a ratio, whose name contains one of them.
 *
 * @param {import('./measurements/index.js').Measurement[]} measurements
 * @param {import('./ratios.js').RatioDefinition[]} ratios
 * @param {string[]} words none: all
 * @throws UsageError for a word that no name contains
 */
export function select(measurements, ratios, words) {
  if (words.length === 0) return measurements;
  const names = [...measurements.flatMap(({ series }) => series), ...ratios.map(({ name }) => name)];
  const unknown = words.find((word) => !contains(names.join('\n'), [word]));
  if (unknown !== undefined) {
    throw new UsageError(
      'unknown_measurement',
      `no measurement is named ${unknown}; there are:\n${names.join('\n')}`,
    );
  }
  const ofRatios = ratios
    .filter(({ name }) => contains(name, words))
    .flatMap(({ above, below }) => [above, below]);
  return measurements.filter(({ series }) =>
    series.some((name) => contains(name, words) || ofRatios.includes(name)),
  );
}
