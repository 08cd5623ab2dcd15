/**
 * `npm run kills`: SIGKILL of the coordinator, a worker, the embedded server and its supervisor, each at so many drawn
 * moments (20; KILLS) of a run with `--history`. Afterwards the file is readable up to at most 250 ms before the kill,
 * `verify --history` judges it and accuses nobody, no process is left, `runs` names what is left in the database, and
 * `clean --abandoned` removes it. Prints a table in Markdown; exit 1 when something of that does not hold.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mulberry32 } from '#els/base/random.js';

const EXECUTABLE = fileURLToPath(new URL('../../../bin/els-assign.js', import.meta.url));
const STRATEGIES = ['legacy', 'cte', 'inventory'];
/** What of a load may be missing in its file. */
const MOST_MISSING_MS = 250;
/** How far into a load the kill comes. */
const MOMENTS_MS = { first: 50, last: 2_000 };
const PATIENCE_MS = 60_000;

const LOAD = [
  ...['--scenario', 'sustained', '--duration', '5s', '--timeout', '1s', '--batches', '80'],
  ...['--workers', '2', '--connections', '4', '--quiet', '--json'],
];

/** Which process each victim is, and how the run may exit that lost it. */
const VICTIMS = {
  coordinator: { pidsOf: ({ child }) => [child.pid], codes: [null] },
  worker: { pidsOf: ({ child }) => childrenOf(child.pid, 'targets/worker-program.js'), codes: [3] },
  server: { pidsOf: ({ home }) => postmastersOf(home), codes: [3] },
  supervisor: { pidsOf: ({ home }) => processesNaming(home, 'supervisor.js'), codes: [0, 3] },
};

class Failed extends Error {}

function expectThat(holds, message) {
  if (!holds) throw new Failed(message);
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function parentOf(pid) {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return NaN;
  }
}

/** Processes with both texts in their command line, the oldest first. */
function processesNaming(...texts) {
  const pids = readdirSync('/proc').map(Number).filter(Boolean);
  return pids.filter((pid) => texts.every((text) => commandOf(pid).includes(text))).sort((a, b) => a - b);
}

function childrenOf(parent, text) {
  return processesNaming(text).filter((pid) => parentOf(pid) === parent);
}

function postmastersOf(home) {
  const all = processesNaming(home, 'bin/postgres -D');
  return all.filter((pid) => !all.includes(parentOf(pid)));
}

/** Starts the real executable as the leader of a process group. */
function start(args, home) {
  const env = { PATH: process.env.PATH, ELS_ASSIGN_HOME: home };
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    ...{ env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const finished = new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return { child, home, finished };
}

const execute = (args, home) => start(args, home).finished;

async function until(condition, what) {
  const end = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Failed(`waited in vain until ${what}`);
    await sleep(10);
  }
}

const sizeOf = async (path) => (await stat(path).catch(() => undefined))?.size ?? 0;

/** The lines of a history that are whole. */
async function readLines(path) {
  const text = await readFile(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Kills a victim of a run at a moment of its load; tells what is missing in its history. */
async function killOne({ victim, strategy, delayMs, pick }, folder, path) {
  const home = join(folder, 'home');
  const run = start(['run', '--strategy', strategy, '--history', path, ...LOAD], home);
  await until(async () => (await sizeOf(path)) > 20_000, 'calls were in the file');
  await sleep(delayMs);
  const pids = VICTIMS[victim].pidsOf(run);
  expectThat(pids.length > 0, `there is no ${victim}`);
  const position = Math.floor(pick * pids.length);
  const killedMicros = Number(process.hrtime.bigint()) / 1_000;
  process.kill(pids[position], 'SIGKILL');
  const { code, stderr } = await run.finished;
  expectThat(VICTIMS[victim].codes.includes(code), `exit ${code}: ${stderr}`);

  const [header, ...lines] = await readLines(path);
  const ofVictim = ({ worker }) => victim !== 'worker' || worker === position;
  const ends = lines
    .filter((line) => line.type === 'call' && ofVictim(line) && line.endMicros <= killedMicros)
    .map((line) => line.endMicros);
  const missingMs = (killedMicros - ends.reduce((last, end) => Math.max(last, end), 0)) / 1_000;
  expectThat(missingMs <= MOST_MISSING_MS, `the last ${missingMs.toFixed(0)} ms are missing`);
  await expectNobodyLeft(run);
  return { runId: header.runId, missingMs, calls: lines.length };
}

async function expectNobodyLeft({ child, home }) {
  const isGroupLeft = () => {
    try {
      return process.kill(-child.pid, 0);
    } catch {
      return false;
    }
  };
  await until(() => !isGroupLeft() && processesNaming(home).length === 0, 'no process was left');
}

async function expectJudged(path, home) {
  const { code, stdout, stderr } = await execute(
    ['verify', '--history', path, '--history-only', '--json'],
    home,
  );
  expectThat(code === 0 || code === 1, `verify: exit ${code}: ${stderr}`);
  const { verdict } = JSON.parse(stdout);
  expectThat(verdict !== 'invalid', `verify accuses: ${stdout}`);
  return verdict;
}

/** What is left in the database is named, and removed. */
async function expectCleaned(victim, runId, home) {
  const named = await execute(['runs', '--json'], home);
  expectThat(named.code === 0, `runs: exit ${named.code}: ${named.stderr}`);
  const isLeft = named.stdout.includes(runId);
  expectThat(isLeft || victim !== 'coordinator', `runs does not name ${runId}: ${named.stdout}`);
  const cleaned = await execute(['clean', '--abandoned'], home);
  expectThat(cleaned.code === 0, `clean --abandoned: exit ${cleaned.code}: ${cleaned.stderr}`);
  const after = await execute(['runs', '--json'], home);
  expectThat(after.code === 0 && !after.stdout.includes(runId), `clean leaves ${runId}: ${after.stdout}`);
  return isLeft;
}

const { KILLS = '20' } = process.env;
const [firstSeed = '1'] = process.argv.slice(2);
if (![KILLS, firstSeed].every((text) => /^\d{1,9}$/.test(text))) {
  console.error('usage: KILLS=<of each victim> npm run kills [-- <seed>]; both are whole numbers');
  process.exit(2);
}

const random = mulberry32(Number(firstSeed));
const folder = await mkdtemp(join(tmpdir(), 'els-assign-kills-'));
await chmod(folder, 0o755);
const rows = new Map(
  Object.keys(VICTIMS).map((victim) => [victim, { kills: 0, calls: 0, missingMs: 0, left: 0 }]),
);
let failed = 0;
try {
  for (let kill = 0; kill < Number(KILLS); kill++) {
    for (const victim of Object.keys(VICTIMS)) {
      const delayMs = MOMENTS_MS.first + random() * (MOMENTS_MS.last - MOMENTS_MS.first);
      const strategy = STRATEGIES[Math.floor(random() * STRATEGIES.length)];
      const drawn = { victim, strategy, delayMs, pick: random() };
      const what = `${victim}, ${strategy}, ${delayMs.toFixed(0)} ms into the load`;
      try {
        const path = join(folder, `${victim}-${kill}.ndjson`);
        const { runId, missingMs, calls } = await killOne(drawn, folder, path);
        const verdict = await expectJudged(path, join(folder, 'home'));
        const isLeft = await expectCleaned(victim, runId, join(folder, 'home'));
        const row = rows.get(victim);
        if (row === undefined) throw new Error(`${victim} has no row`);
        row.kills += 1;
        row.calls += calls;
        row.missingMs = Math.max(row.missingMs, missingMs);
        row.left += isLeft ? 1 : 0;
        console.error(`${what}: verdict ${verdict}, ${missingMs.toFixed(0)} ms missing`);
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        failed += 1;
        console.error(`FAILED: ${what}: ${error.message}`);
      }
    }
  }
} finally {
  for (const pid of processesNaming(join(folder, 'home'))) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}
console.log(
  '\n| victim | kills | lines kept | most missing, ms | rows left, named and removed |\n|---|---:|---:|---:|---:|',
);
for (const [victim, { kills, calls, missingMs, left }] of rows) {
  console.log(`| ${victim} | ${kills} | ${calls} | ${missingMs.toFixed(0)} | ${left} |`);
}
console.log(`\n${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
