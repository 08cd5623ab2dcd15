// npm run bench:history-cost: what it costs a run to keep its history: throughput of `sustained` with it and without,
// in interleaved rounds on one embedded server. Prints one JSON document: medians per second, and the ratio of medians
// with the lowest and highest round. Without its history a run cannot be verified, so that both are counted in the
// database: slots that are taken, over the fixed time.
import { execFile } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { withDatabase } from '#els/app/database.js';
import { prepareDatabase } from '#els/app/setup.js';
import { median } from '#els/base/median.js';
import { countFrom, secondsFrom } from './environment.js';
import { ratio } from './ratio.js';

const ROUNDS = countFrom('ROUNDS', 7);
const SECONDS = secondsFrom('SECONDS_EACH', 3);
const STRATEGY = process.env['STRATEGY'] ?? 'inventory';
/** As it is before `withDatabase` takes the PG* variables away. */
const ENV = { ...process.env };
const BATCHES = 100;
/** More than can be taken in the time. */
const SLOTS = Math.ceil(SECONDS * 300);
const TARGET = 0.95;
const SCHEMA = 'els_assign_bench';
const ROOT = new URL('../../../', import.meta.url);
/** The package with each module in a file of its own, so that one of them can be changed. */
const UNBUNDLED = new URL('build/unbundled/', ROOT);
const MODULES = new URL('dist/', UNBUNDLED);
const EXECUTABLE = fileURLToPath(new URL('bin/els-assign.js', UNBUNDLED));
const WITHOUT_HISTORY = new URL('./without-history.js', import.meta.url).href;

/** @returns {Promise<object>} the run of the JSON document, whatever its verdict */
function runSustained(seed, env) {
  const counts = ['--batches', BATCHES, '--slots', SLOTS, '--duration', `${SECONDS}s`, '--seed', seed];
  const what = ['run', '--json', '--quiet', '--scenario', 'sustained', '--strategy', STRATEGY];
  const args = [EXECUTABLE, ...what, '--schema', SCHEMA, ...counts.map(String)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      const [run] = parse(stdout)?.runs ?? [];
      if (run) resolve(run);
      else reject(new Error(`no result: ${stderr}${stdout}`));
    });
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function perSecond(seed, { withHistory }) {
  const env = withHistory
    ? ENV
    : { ...ENV, NODE_OPTIONS: `--import=${WITHOUT_HISTORY}`, MODULES: MODULES.href };
  const run = await runSustained(seed, env);
  const { taken, available } = run.batchTotals;
  if (withHistory && run.verdict !== 'valid') throw new Error(`the run is ${run.verdict}: ${run.notes}`);
  if (!withHistory && run.assignments > run.workers) throw new Error('the history was kept');
  if (available === 0) throw new Error(`the slots ran out: ${taken} taken in ${SECONDS} s`);
  return taken / SECONDS;
}

async function measure(database) {
  await prepareDatabase(database, []);
  const on = [];
  const off = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const first = round % 2 === 1;
    for (const withHistory of [first, !first]) {
      (withHistory ? on : off).push(await perSecond(round, { withHistory }));
    }
    console.error(
      `round ${round} of ${ROUNDS}: ${Math.round(on.at(-1))} with, ${Math.round(off.at(-1))} without`,
    );
  }
  const definition = {
    name: 'with / without history',
    target: TARGET,
    direction: /** @type {const} */ ('>='),
  };
  return {
    rounds: ROUNDS,
    secondsEach: SECONDS,
    strategy: STRATEGY,
    perSecond: { withHistory: Math.round(median(on)), withoutHistory: Math.round(median(off)) },
    ratio: ratio(definition, on, off),
  };
}

async function makeUnbundled() {
  await rm(UNBUNDLED, { recursive: true, force: true });
  await mkdir(UNBUNDLED, { recursive: true });
  for (const part of ['bin', 'html', 'package.json', 'scenarios', 'sql'])
    await cp(new URL(part, ROOT), new URL(part, UNBUNDLED), { recursive: true });
  await cp(new URL('build/modules/', ROOT), MODULES, { recursive: true });
}

await makeUnbundled();
const result = await withDatabase({ schema: SCHEMA, env: process.env }, measure);
console.log(JSON.stringify(result, null, 2));
process.exitCode = result.ratio.met ? 0 : 1;
