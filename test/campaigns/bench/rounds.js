import { nowMicros } from '#els/base/clock.js';

/**
 * Measures in interleaved rounds, so that what changes on the machine meanwhile meets all of them alike.
 *
 * @param {import('./server.js').Bench} bench
 * @param {import('./measurements/index.js').Measurement[]} measurements
 * @param {number} rounds
 * @returns {Promise<Record<string, number[]>>} figures by series, in the order of the rounds
 */
export async function measureInRounds(bench, measurements, rounds) {
  /** @type {Record<string, number[]>} */
  const figures = {};
  for (let round = 1; round <= rounds; round++) {
    for (const measurement of measurements) {
      if (round > (measurement.mostRounds ?? rounds)) continue;
      const found = await measureOnce(bench, measurement, round, rounds);
      for (const [series, figure] of Object.entries(found)) (figures[series] ??= []).push(figure);
    }
  }
  return figures;
}

async function measureOnce(bench, { series, measure }, round, rounds) {
  bench.stop.throwIfAborted();
  const start = nowMicros();
  const where = `round ${round} of ${rounds}`;
  try {
    const found = await measure(bench, round);
    const seconds = ((nowMicros() - start) / 1e6).toFixed(1);
    for (const [name, figure] of Object.entries(found)) {
      console.error(`${where}: ${name}: ${Math.round(figure)} (${seconds} s)`);
    }
    return found;
  } catch (error) {
    console.error(`${where}: FAILED: ${series.join(', ')}`);
    throw error;
  }
}
