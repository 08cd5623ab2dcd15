// npm run bench: throughput of the three strategies, driven by the tool and by pgbench on the same SQL files, in
// interleaved rounds on one embedded server. Needs Debian's postgresql packages for pgbench. Prints one JSON
// document: medians per second, and ratios of medians with the lowest and highest round.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { withClient, withDatabase } from '../../dist/app/database.js';
import { executeRun } from '../../dist/app/execute-run.js';
import { prepareDatabase } from '../../dist/app/setup.js';
import { analyzeTables, deleteRuns, registerBatches } from '../../dist/batches/register.js';
import { median } from '../../dist/compare/median.js';
import { checkpoint } from '../../dist/database/environment.js';
import { clientConfig } from '../../dist/database/target.js';
import { WorkerFleet } from '../../dist/runner/fleet.js';
import { resolveScenario } from '../../dist/scenario/index.js';
import { ratio } from './ratio.js';
import { BATCHES, pgbenchDefinitions, pgbenchScript } from './pgbench-script.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const SECONDS = Number(process.env['SECONDS_EACH'] ?? 4);
const CONNECTIONS = Number(process.env['CONNECTIONS'] ?? 32);
const WORKERS = 2;
const SLOTS = 1_000;
const SCHEMA = 'els_assign_bench';
const STRATEGIES = ['legacy', 'cte', 'inventory'];

function findPgbench() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const found = versions.map((version) => `/usr/lib/postgresql/${version}/bin/pgbench`).find(existsSync);
  if (found) return found;
  throw new Error("pgbench is missing: install Debian's package postgresql");
}

async function runPgbench(database, pgbench, folder, strategy) {
  const runId = `pgbench-${strategy}`;
  const inventory = strategy === 'inventory' ? 'essays' : 'slots';
  const batchIds = Array.from({ length: BATCHES }, (_, index) => String(index + 1));
  const script = join(folder, `${strategy}.sql`);
  writeFileSync(script, pgbenchScript(strategy));
  await withClient(database.pool, async (client) => {
    await registerBatches(client, { runId, strategy, inventory, batchIds, slots: SLOTS });
    await analyzeTables(client);
    await checkpoint(client);
  });
  const { host, port, user, password, database: name } = clientConfig(database.target);
  const env = {
    PATH: process.env.PATH,
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: name,
    PGOPTIONS: `-c search_path=${pg.escapeIdentifier(SCHEMA)}`,
  };
  const clients = ['-c', String(CONNECTIONS), '-j', String(WORKERS), '-T', String(SECONDS)];
  const args = ['-n', '-M', 'prepared', ...clients, ...pgbenchDefinitions(), '-f', script];
  const { stdout } = await promisify(execFile)(pgbench, args, { env });
  await withClient(database.pool, (client) => deleteRuns(client, [runId]));
  if (!/number of failed transactions: 0 /.test(stdout)) throw new Error(`pgbench failed: ${stdout}`);
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
}

async function runTool(database, fleet, scenario, strategy, round) {
  const job = { strategy: { kind: 'built-in', name: strategy }, advisoryLocks: false, scenario };
  const settings = { round, seed: round, keep: false, timeoutMs: 10_000 };
  const run = await executeRun(database, fleet, { ...job, ...settings }, new AbortController().signal);
  if (!run.passed || run.notes.length > 0) throw new Error(`${strategy}: ${run.notes.join('; ')}`);
  return run.throughputPerSecond;
}

async function measure(database) {
  const pgbench = findPgbench();
  const folder = mkdtempSync(join(tmpdir(), 'els-assign-bench-'));
  const fleet = new WorkerFleet();
  const connections = CONNECTIONS / WORKERS;
  const overrides = {
    workers: WORKERS,
    connections,
    batches: BATCHES,
    slots: SLOTS,
    durationMs: SECONDS * 1_000,
  };
  const scenario = await resolveScenario('sustained', overrides);
  const perSecond = {};
  const note = (name, value) => (perSecond[name] ??= []).push(value);
  try {
    await prepareDatabase(database, []);
    for (let round = 1; round <= ROUNDS; round++) {
      for (const strategy of STRATEGIES) {
        note(`pgbench ${strategy}`, await runPgbench(database, pgbench, folder, strategy));
        note(`tool ${strategy}`, await runTool(database, fleet, scenario, strategy, round));
      }
      console.error(`round ${round} of ${ROUNDS}`);
    }
  } finally {
    await fleet.close();
    rmSync(folder, { recursive: true });
  }
  const pairs = ['pgbench', 'tool'].flatMap((driver) => [
    [`${driver} cte`, `${driver} legacy`],
    [`${driver} inventory`, `${driver} legacy`],
  ]);
  const drivers = STRATEGIES.map((strategy) => [`tool ${strategy}`, `pgbench ${strategy}`]);
  return {
    rounds: ROUNDS,
    secondsEach: SECONDS,
    connections: CONNECTIONS,
    perSecond: Object.fromEntries(
      Object.entries(perSecond).map(([name, all]) => [name, Math.round(median(all))]),
    ),
    ratios: [...pairs, ...drivers].map(([a, b]) => ratio(`${a} / ${b}`, perSecond[a], perSecond[b])),
  };
}

const result = await withDatabase({ schema: SCHEMA, env: process.env }, measure);
console.log(JSON.stringify(result, null, 2));
