/**
 * `npm run faults`: as many fault runs as asked for (100), every kind of fault against every strategy, seeded. A run
 * counts when its fault hit a call in flight; it must end valid, with no invariant violated and nothing that was
 * acknowledged lost. Prints a table in Markdown; exit 1 when a run failed. Where a target's file is given, it is in the place of the
 * strategies, with the faults that work on any code.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULT_KINDS, MIGRATION_FAULT } from '#els/domain/fault.js';

const EXECUTABLE = fileURLToPath(new URL('../../../bin/els-assign.js', import.meta.url));
const STRATEGIES = ['legacy', 'cte', 'inventory'];

/** Duplicates, full batches and more contents than slots, so that every outcome meets the fault. */
const MIXED = {
  name: 'mixed',
  description: 'More contents than slots, each delivered twice.',
  batches: 50,
  slots: 40,
  contents: 2_250,
  deliveries: 2,
  arrival: 'closed',
  gates: ['error == 0', 'unknown == 0'],
};
/** Batches that fill all the time, so that a completion is always near. */
const SMALL_BATCHES = { ...MIXED, name: 'small-batches', batches: 800, slots: 1, contents: 800 };

const SHAPES = {
  'kill-before-completion': { scenario: SMALL_BATCHES, at: '50ms' },
  'hold-snapshot': { scenario: MIXED, at: '50ms' },
};
const USUAL = { scenario: MIXED, at: '150ms' };

/** Those that need nothing of a target but its processes and connections. */
const ON_ANY_CODE = ['kill-worker', 'pause-worker', 'terminate-backend', 'lose-replies', 'reset-connections'];

/** @param {string | undefined} file of a target, in the place of the strategies */
function combinations(file) {
  if (file !== undefined) return ON_ANY_CODE.map((kind) => ({ kind, strategy: file, locks: false }));
  return FAULT_KINDS.filter((kind) => kind !== MIGRATION_FAULT).flatMap((kind) =>
    (kind === 'kill-between-transactions' ? ['legacy'] : STRATEGIES).flatMap((strategy) =>
      [false, true].map((locks) => ({ kind, strategy, locks })),
    ),
  );
}

function execute({ kind, strategy, locks }, seed, folder) {
  const { scenario, at } = SHAPES[kind] ?? USUAL;
  const args = ['run', '--json', '--quiet', '--strategy', strategy, '--seed', String(seed)];
  args.push('--scenario', join(folder, `${scenario.name}.json`), '--fault', `${kind}@${at}`);
  if (locks) args.push('--advisory-locks');
  const env = { PATH: process.env.PATH, ELS_ASSIGN_HOME: join(folder, 'home') };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [EXECUTABLE, ...args],
      { env, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, document: parse(stdout), stderr, command: args.join(' ') });
      },
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

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

/** Adds a counted run to its row of the table. */
function tally(rows, { kind, strategy }, run) {
  const key = `${kind} | ${strategy}`;
  const row = rows.get(key) ?? { runs: 0, calls: 0, retried: 0, redelivered: 0, recovered: 0, repaired: 0 };
  row.runs += 1;
  row.calls += run.assignments;
  row.retried += sum(run.retriesByCode);
  row.redelivered += run.redeliveries;
  row.recovered += run.outcomes.recovered;
  row.repaired += run.repairs.orphans + run.repairs.completions;
  row.violations = (row.violations ?? 0) + run.invariants.filter((each) => !each.passed).length;
  rows.set(key, row);
}

function printTable(rows) {
  const heads = ['runs', 'calls', 'retried', 'redelivered', 'recovered', 'repaired', 'violations'];
  console.log(
    `\n| fault | strategy | ${heads.join(' | ')} |\n|---|---|${heads.map(() => '---:').join('|')}|`,
  );
  const total = Object.fromEntries(heads.map((head) => [head, 0]));
  for (const [key, row] of [...rows].sort()) {
    for (const head of heads) total[head] += row[head];
    console.log(`| ${key} | ${heads.map((head) => row[head]).join(' | ')} |`);
  }
  console.log(`| **all** | | ${heads.map((head) => `**${total[head]}**`).join(' | ')} |`);
}

function usage() {
  console.error('usage: npm run faults [-- <runs> [<first seed> [<target file>]]]; both are whole numbers');
  process.exit(2);
}

const [runs = '100', firstSeed = '1', file] = process.argv.slice(2);
if (![runs, firstSeed].every((text) => /^\d{1,9}$/.test(text))) usage();

const folder = await mkdtemp(join(tmpdir(), 'els-assign-faults-'));
await chmod(folder, 0o755);
const rows = new Map();
let counted = 0;
let missed = 0;
let failed = 0;
try {
  for (const scenario of [MIXED, SMALL_BATCHES]) {
    await writeFile(join(folder, `${scenario.name}.json`), JSON.stringify(scenario));
  }
  const all = combinations(file);
  for (let attempt = 0; counted + failed < Number(runs) && attempt < 2 * Number(runs); attempt++) {
    const combination = all[(counted + failed) % all.length];
    const { code, document, stderr, command } = await execute(
      combination,
      Number(firstSeed) + attempt,
      folder,
    );
    const run = document?.runs[0];
    const fault = run?.faults[0];
    if (code === 0) {
      counted += 1;
      tally(rows, combination, run);
      console.error(`${counted}/${runs} ${combination.strategy}: ${fault.detail}`);
    } else if (fault && !fault.struck && run.invariants.every((each) => each.passed)) {
      missed += 1;
      console.error(`missed: els-assign ${command}: ${fault.detail}`);
    } else {
      failed += 1;
      console.error(`FAILED (exit ${code}): els-assign ${command}\n${stderr}${JSON.stringify(run, null, 1)}`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
printTable(rows);
console.log(`\n${counted} runs counted, ${missed} missed and not counted, ${failed} failed`);
process.exitCode = failed > 0 || counted < Number(runs) ? 1 : 0;
