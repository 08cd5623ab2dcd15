// Measures what a round trip costs the wire's process: `select 1`, prepared, by node-postgres on 4 connections; in turns with
// a bare pipe of two sockets in node, so that what the system's calls cost is told apart from what the wire does.
// npm run wire:cpu [ROUNDS]; on a server of the tool's own, or the one of DATABASE_URL, without TLS.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { withConnectionString } from '#els/database/address.js';
import { leaseEmbeddedServer } from '#els/database/embedded/lease.js';
import { Wire } from '#els/wire/wire.js';

const CONNECTIONS = 4;
const MOST_MICROS = 30;
const ROUNDS = Number(process.argv[2] ?? 7);
const ROUND_MS = 2_000;
/** Of /proc/PID/stat: sysconf(_SC_CLK_TCK) is 100 on Linux. */
const TICK_MICROS = 10_000;

/** @param {number} pid */
function cpuMicros(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [user, system] = [Number(fields[11]) * TICK_MICROS, Number(fields[12]) * TICK_MICROS];
  return { all: user + system, system };
}

/** The wire is the child of this process that runs its program. */
function wirePid() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      return (
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('wire/program') &&
        readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${process.pid}\n`)
      );
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('the wire has no process');
  return Number(found);
}

/** @param {string} connectionString */
async function connectedClients(connectionString) {
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client(connectionString));
  for (const client of clients) await client.connect();
  return clients;
}

/** @param {pg.Client} client @param {number} until */
async function ask(client, until) {
  let asked = 0;
  for (; performance.now() < until; asked += 1) await client.query({ name: 'one', text: 'select 1' });
  return asked;
}

/**
 * @param {{ pid: number, clients: pg.Client[] }} by
 * @returns µs of the process's CPU for each round trip, and how many of them the system's
 */
async function microsOf({ pid, clients }) {
  const before = cpuMicros(pid);
  const until = performance.now() + ROUND_MS;
  const asked = await Promise.all(clients.map((client) => ask(client, until)));
  const trips = asked.reduce((sum, each) => sum + each, 0);
  const after = cpuMicros(pid);
  return { all: (after.all - before.all) / trips, system: (after.system - before.system) / trips };
}

/** @param {number[]} values */
function median(values) {
  return Number(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]);
}

/** @param {number[]} values */
function summary(values, digits = 1) {
  const all = [median(values), Math.min(...values), Math.max(...values)];
  const [middle, least, most] = all.map((each) => each.toFixed(digits));
  return `${middle} (${least} to ${most})`;
}

const external = process.env.DATABASE_URL;
const lease = external ? undefined : await leaseEmbeddedServer(process.env);
const { host, port, user, password, database } = lease?.connection ?? {};
const url = new URL(
  external ?? `postgres://${user}:${encodeURIComponent(password ?? '')}@${host}:${port}/${database}`,
);

const pipe = fork(fileURLToPath(new URL('pipe.js', import.meta.url)), [url.hostname, url.port || '5432'], {
  execArgv: [],
});
const [pipeAddress] = await once(pipe, 'message');
const throughPipe = new URL(url);
throughPipe.host = `127.0.0.1:${pipeAddress.port}`;
const wire = await Wire.start(withConnectionString('cpu', url.href), { rttMs: 0 });
const { address: throughWire } = await wire.openPort();

const byPipe = { pid: Number(pipe.pid), clients: await connectedClients(throughPipe.href) };
const byWire = { pid: wirePid(), clients: await connectedClients(throughWire.connectionString) };
for (const each of [byPipe, byWire]) await microsOf(each);
const rounds = [];
for (let round = 0; round < ROUNDS; round += 1)
  rounds.push({ pipe: await microsOf(byPipe), wire: await microsOf(byWire) });

const ofWire = rounds.map(({ wire }) => wire.all);
const ofPipe = rounds.map(({ pipe }) => pipe.all);
const systems = [rounds.map(({ wire }) => wire.system), rounds.map(({ pipe }) => pipe.system)];
console.log(`µs of CPU for a round trip, user and system: medians of ${ROUNDS} rounds in turns (least to most)
  the wire    ${summary(ofWire)}; at most ${MOST_MICROS}
    of the system's ${summary(systems[0] ?? [])}
  a bare pipe ${summary(ofPipe)}
    of the system's ${summary(systems[1] ?? [])}
  difference  ${summary(rounds.map(({ wire, pipe }) => wire.all - pipe.all))}
  ratio       ${summary(
    rounds.map(({ wire, pipe }) => wire.all / pipe.all),
    2,
  )}`);
for (const client of [...byPipe.clients, ...byWire.clients]) await client.end();
pipe.disconnect();
await wire.close();
await lease?.release();
