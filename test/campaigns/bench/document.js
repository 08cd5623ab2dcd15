import { median } from '#els/base/median.js';
import { CONNECTION_COUNTS, RTTS_MS, toolSeries } from './measurements/tool-strategies.js';
import { ratio } from './ratio.js';
import { CONNECTIONS, ROUNDS, SECONDS, STRATEGIES } from './settings.js';

/** Medians of the series of one unit. */
function mediansOf(measurements, figures, unit) {
  const series = measurements
    .filter((measurement) => measurement.unit === unit)
    .flatMap((each) => each.series);
  return Object.fromEntries(series.map((name) => [name, Math.round(median(figures[name]))]));
}

/** Throughput by strategy, connections and round-trip time, of the cells that were measured. */
function rttTable(perSecond) {
  const cells = STRATEGIES.flatMap((strategy) =>
    CONNECTION_COUNTS.flatMap((connections) => RTTS_MS.map((rttMs) => ({ strategy, connections, rttMs }))),
  );
  return cells
    .map((cell) => ({ ...cell, perSecond: perSecond[toolSeries(cell)] }))
    .filter((cell) => cell.perSecond !== undefined);
}

/**
 * What the suite prints.
 *
 * @param {import('#els/domain/run-result.js').Environment} environment
 * @param {import('./measurements/index.js').Measurement[]} measurements those that were made
 * @param {import('./ratios.js').RatioDefinition[]} definitions judged where both series were measured
 * @param {Record<string, number[]>} figures by series
 */
export function toDocument(environment, measurements, definitions, figures) {
  const perSecond = mediansOf(measurements, figures, 'perSecond');
  const measured = definitions.filter(({ above, below }) => figures[above] && figures[below]);
  return {
    environment,
    rounds: ROUNDS,
    secondsEach: SECONDS,
    connections: CONNECTIONS,
    ratios: measured.map((each) => ratio(each, figures[each.above], figures[each.below])),
    tables: { rtt: rttTable(perSecond), micros: mediansOf(measurements, figures, 'micros') },
    perSecond,
  };
}
