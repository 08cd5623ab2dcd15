/**
 * `npm run rollouts`: as many rollouts as asked for (20), seeded, each with both of its migrations killed once and begun
 * again. Batches fill before, between or after the migrations, as the seed has it. A run must end valid: nothing that
 * was acknowledged is lost, and each full batch has exactly one completion. Prints one JSON document; exit 1 when a run
 * did not.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXECUTABLE = fileURLToPath(new URL('../../../bin/els-assign.js', import.meta.url));
const RATE = 1_000;
const SECONDS = 5;
const DELIVERIES = 2;
const BATCHES = 30;
/** The load goes on until all switches are over: on a busy machine with so many times the contents. */
const RESERVE = 5;

const BY_WAY_OF_CTE = [
  { at: '400ms', strategy: 'cte' },
  { at: '800ms', strategy: 'inventory' },
  { at: '2s', strategy: 'legacy' },
];
/** Here it is legacy's claims that a migration has to wait for. */
const STRAIGHT = [
  { at: '800ms', strategy: 'inventory' },
  { at: '2s', strategy: 'legacy' },
];

/** Batches that are full when a share of the load is over. */
function scenarioOf(share, steps) {
  const contents = (RATE * SECONDS) / DELIVERIES;
  return {
    name: 'full-in-the-middle',
    description: 'Batches fill while they are migrated there and back.',
    ...{ batches: BATCHES, slots: Math.max(1, Math.floor((contents / BATCHES) * share)) },
    contents: contents * RESERVE,
    ...{ deliveries: DELIVERIES, arrival: 'open', rate: RATE, duration: `${SECONDS}s`, connections: 8 },
    rollout: { steps },
    faults: ['kill-migration'],
    gates: ['error == 0', 'unknown == 0', 'completed == batches', 'completionEvents == batches'],
  };
}

function execute(seed, folder) {
  const args = ['compare', '--rollout', '--json', '--quiet', '--seed', String(seed)];
  const env = { PATH: process.env.PATH, ELS_ASSIGN_HOME: join(folder, 'home') };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [EXECUTABLE, ...args, '--scenario', join(folder, 'scenario.json')],
      { env, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => resolve({ code: error ? error.code : 0, document: parse(stdout), stderr }),
    );
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns {any} */
function toRow(seed, { code, document, stderr }) {
  const run = document?.runs[0];
  const row = { seed, passed: code === 0, exitCode: code };
  if (run === undefined) return { ...row, error: document?.error ?? stderr };
  return {
    ...row,
    verdict: run.verdict,
    violated: run.invariants.filter(({ passed }) => !passed).map(({ name }) => name),
    notes: run.notes,
    calls: run.assignments,
    outcomes: run.outcomes,
    killed: run.faults.map(({ struck, detail }) => (struck ? detail : `missed: ${detail}`)),
    batches: run.plan.batches,
    batchTotals: run.batchTotals,
    switches: run.rollout.switches,
  };
}

function usage() {
  console.error('usage: npm run rollouts [-- <runs> [<first seed>]]; both are whole numbers');
  process.exit(2);
}

const [runs = '20', firstSeed = '1'] = process.argv.slice(2);
if (![runs, firstSeed].every((text) => /^\d{1,9}$/.test(text))) usage();

const folder = await mkdtemp(join(tmpdir(), 'els-assign-rollouts-'));
await chmod(folder, 0o755);
const rows = [];
try {
  for (let position = 0; position < Number(runs); position++) {
    const seed = Number(firstSeed) + position;
    const share = 0.05 + (0.6 * (position % 10)) / 10;
    const steps = seed % 2 === 0 ? BY_WAY_OF_CTE : STRAIGHT;
    await writeFile(join(folder, 'scenario.json'), JSON.stringify(scenarioOf(share, steps)));
    const row = toRow(seed, await execute(seed, folder));
    rows.push(row);
    console.error(`${position + 1}/${runs} seed ${seed}: ${row.passed ? 'passed' : 'FAILED'}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const failed = rows.filter(({ passed }) => !passed).length;
const highest = (read) => Math.max(...rows.flatMap(({ switches = [] }) => switches.map(read)));
console.log(
  JSON.stringify(
    {
      ...{ runs: rows.length, failed, calls: rows.reduce((sum, { calls = 0 }) => sum + calls, 0) },
      longestCallMicros: highest(({ longestCallMicros }) => longestCallMicros),
      longestPauseMs: highest(({ migration }) => migration?.longestPauseMs ?? 0),
      rows,
    },
    null,
    2,
  ),
);
process.exitCode = failed > 0 || rows.length === 0 ? 1 : 0;
