// npm run bench:error-rates: how often `compare` is wrong, by real comparisons on an embedded server of its own: cte
// against a copy of it, where anything that is said is false, and against cte slowed by 15 %, which is to be found.
// Each comparison is judged by the tool's own code, as is what is drawn from the recorded rounds besides. Prints one
// JSON document; exit 1 when a target is missed.
//
// RECORD=FILE keeps the recorded rounds, and adds to those that the file has. EQUAL and SLOWED: real comparisons that
// the record is to have (40, 20); DRAWN: comparisons to draw of each kind (1,000); ROUNDS (8), SECONDS_EACH (0.6).
import { EXIT } from '#els/domain/errors.js';
import { countFrom, secondsFrom } from './environment.js';
import { confidenceTable } from './error-rates/coverage.js';
import { measureRates } from './error-rates/rates.js';
import { Recording } from './error-rates/recording.js';
import { recordComparisons } from './error-rates/record-comparisons.js';
import { withServer } from './server.js';

const WANTED = { equal: countFrom('EQUAL', 40), slowed: countFrom('SLOWED', 20) };
const DRAWN = countFrom('DRAWN', 1_000);
const SHAPE = {
  rounds: countFrom('ROUNDS', 8),
  durationMs: Math.round(secondsFrom('SECONDS_EACH', 0.6) * 1_000),
};

async function main(stop) {
  const recording = await Recording.open(process.env['RECORD'], SHAPE);
  if (recording.lacks(WANTED)) {
    await withServer(stop, (bench) => recordComparisons(bench, recording, WANTED, SHAPE));
  }
  const document = {
    environment: recording.environment,
    ...SHAPE,
    slowedBy: recording.slowedBy,
    ...measureRates(recording.comparisons, DRAWN),
    coverage: confidenceTable(recording.comparisons),
  };
  console.log(JSON.stringify(document, null, 2));
  return document.equal.met && document.slowed.met ? EXIT.passed : EXIT.failed;
}

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated };
const stop = new AbortController();
for (const signal of Object.keys(SIGNALS)) process.once(signal, () => stop.abort(signal));

try {
  process.exitCode = await main(stop.signal);
} catch (error) {
  if (stop.signal.aborted) console.error(`stopped by ${stop.signal.reason}`);
  else console.error(error.exitCode === undefined ? error : error.message);
  process.exitCode = SIGNALS[stop.signal.reason] ?? error.exitCode ?? EXIT.failed;
}
