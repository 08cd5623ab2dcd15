// Measures what a round trip costs the wire's process: `select 1`, prepared, by node-postgres on 4 connections.
// npm run wire:cpu [SECONDS]; on a server of the tool's own, or the one of DATABASE_URL.
import { readFileSync, readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { withConnectionString } from '#els/database/address.js';
import { leaseEmbeddedServer } from '#els/database/embedded/lease.js';
import { Wire } from '#els/wire/wire.js';

const CONNECTIONS = 4;
const MOST_MICROS = 30;
const SECONDS = Number(process.argv[2] ?? 5);
/** Of /proc/PID/stat: sysconf(_SC_CLK_TCK) is 100 on Linux. */
const TICK_MICROS = 10_000;

/** @param {number} pid */
function cpuMicros(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
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

/** @param {pg.Client} client @param {number} until */
async function ask(client, until) {
  let asked = 0;
  for (; performance.now() < until; asked += 1) await client.query({ name: 'one', text: 'select 1' });
  return asked;
}

const url = process.env.DATABASE_URL;
const lease = url ? undefined : await leaseEmbeddedServer(process.env);
const { host, port, user, password, database } = lease?.connection ?? {};
const address = withConnectionString(
  'cpu',
  url ?? `postgres://${user}:${encodeURIComponent(password ?? '')}@${host}:${port}/${database}`,
);
const wire = await Wire.start(address, { rttMs: 0 });
const { address: through } = await wire.openPort();
const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client(through.connectionString));
for (const client of clients) await client.connect();
const pid = wirePid();
await Promise.all(clients.map((client) => ask(client, performance.now() + 1_000)));
const before = { cpu: cpuMicros(pid), trips: await wire.roundTrips() };
await Promise.all(clients.map((client) => ask(client, performance.now() + SECONDS * 1_000)));
const trips = (await wire.roundTrips()) - before.trips;
const micros = (cpuMicros(pid) - before.cpu) / trips;
console.log(
  `${trips} round trips, ${Math.round(trips / SECONDS)}/s: ${micros.toFixed(1)} µs of CPU each; at most ${MOST_MICROS}`,
);
for (const client of clients) await client.end();
await wire.close();
await lease?.release();
process.exitCode = micros <= MOST_MICROS ? 0 : 1;
