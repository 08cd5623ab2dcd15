// npm run bench [-- NAME…]: what the tool's figures and ratios are, measured on one embedded server in interleaved
// rounds, by the tool, by pgbench on the same SQL files, and beside job queues. Needs Debian's postgresql packages for
// pgbench. NAME: only what is named so, wholly or in part. ROUNDS, SECONDS_EACH and CONNECTIONS: see settings.js. The
// last output is one JSON document; exit 1 when a ratio misses its target or a measurement went wrong, 3 without
// pgbench, 130 or 143 when a signal ended it.
import { EXIT } from '#els/domain/errors.js';
import { toDocument } from './document.js';
import { MEASUREMENTS } from './measurements/index.js';
import { findPgbench } from './pgbench.js';
import { RATIOS } from './ratios.js';
import { measureInRounds } from './rounds.js';
import { select } from './select.js';
import { withServer } from './server.js';
import { ROUNDS } from './settings.js';

async function main(words, stop) {
  const measurements = select(MEASUREMENTS, RATIOS, words);
  findPgbench();
  const document = await withServer(stop, async (bench) => {
    const figures = await measureInRounds(bench, measurements, ROUNDS);
    return toDocument(bench.environment, measurements, RATIOS, figures);
  });
  console.log(JSON.stringify(document, null, 2));
  return document.ratios.some(({ met }) => met === false) ? EXIT.failed : EXIT.passed;
}

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated };
const stop = new AbortController();
for (const signal of Object.keys(SIGNALS)) process.once(signal, () => stop.abort(signal));

try {
  process.exitCode = await main(process.argv.slice(2), stop.signal);
} catch (error) {
  if (stop.signal.aborted) console.error(`stopped by ${stop.signal.reason}`);
  else console.error(error.exitCode === undefined ? error : error.message);
  process.exitCode = SIGNALS[stop.signal.reason] ?? error.exitCode ?? EXIT.failed;
}
