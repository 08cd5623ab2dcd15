// npm run soak: whether memory stays flat while calls arrive for an hour: the resident memory of each process of
// `els-assign run`, sampled from /proc every 10 seconds, and its slope by least squares over the second half. The
// coordinator keeps the history of every call, for the verifier: its slope is also told for each call.
// MINUTES, RATE and STRATEGY set its size. Prints one JSON document; exits with the run's own code.
import { spawn } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { linearRegression } from 'simple-statistics';

const MINUTES = Number(process.env['MINUTES'] ?? 60);
const RATE = Number(process.env['RATE'] ?? 100);
const STRATEGY = process.env['STRATEGY'] ?? 'inventory';
const SAMPLE_EVERY_MS = 10_000;
const SLOTS = 1_000;
const EXECUTABLE = fileURLToPath(new URL('../../../bin/els-assign.js', import.meta.url));

/** A tenth more slots than arrivals: a Poisson process brings more than its mean half of the time. */
const BATCHES = Math.ceil((1.1 * RATE * MINUTES * 60) / SLOTS);

function startRun() {
  const load = ['--rate', RATE, '--duration', `${MINUTES * 60}s`, '--batches', BATCHES, '--slots', SLOTS];
  const args = ['run', '--json', '--scenario', 'sustained', '--strategy', STRATEGY, '--workers', 2, ...load];
  return spawn(process.execPath, [EXECUTABLE, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The process and its children, with their names and resident memory in bytes. */
async function memoryOf(coordinator) {
  const processes = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(read),
  );
  return processes.flatMap((found) => {
    if (found === undefined) return [];
    if (found.pid === coordinator) return [['coordinator', found.bytes]];
    return found?.parent === coordinator && found?.command?.includes('targets/worker-program.js')
      ? [[`worker ${found.pid}`, found.bytes]]
      : [];
  });
}

async function read(pid) {
  try {
    const [status, command] = await Promise.all(
      ['status', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
    );
    const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    return { pid: Number(pid), parent: field('PPid'), bytes: field('VmRSS') * 1_024, command };
  } catch (error) {
    // It ended meanwhile.
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}

function summary([name, samples]) {
  const half = samples.slice(Math.ceil(samples.length / 2));
  const perMs = linearRegression(half.map(({ atMs, bytes }) => [atMs, bytes])).m;
  const mebibytes = (bytes) => Number((bytes / 2 ** 20).toFixed(2));
  return {
    process: name.replace(/ \d+$/, ''),
    firstMiB: mebibytes(samples[0].bytes),
    lastMiB: mebibytes(samples.at(-1).bytes),
    slopeMiBPerHour: mebibytes(perMs * 3_600_000),
    slopeBytesPerCall: Math.round((perMs * 1_000) / RATE),
  };
}

const child = startRun();
let stdout = '';
child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
const ended = new AbortController();
child.once('close', () => ended.abort());
const series = new Map();
for (;;) {
  await sleep(SAMPLE_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  if (ended.signal.aborted) break;
  for (const [name, bytes] of await memoryOf(child.pid)) {
    if (!series.has(name)) series.set(name, []);
    series.get(name).push({ atMs: performance.now(), bytes });
  }
}
const [run] = JSON.parse(stdout).runs;
const memory = [...series].filter(([, samples]) => samples.length >= 4).map(summary);
const { assignments, verdict, throughputPerSecond, latencyMicros, serviceTimeMicros } = run;
console.log(
  JSON.stringify(
    {
      minutes: MINUTES,
      rate: RATE,
      strategy: STRATEGY,
      verdict,
      assignments,
      throughputPerSecond,
      latencyMicros,
      serviceTimeMicros,
      memory,
    },
    null,
    2,
  ),
);
process.exitCode = child.exitCode ?? undefined;
