import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { locateBinaries, runnableBinaries } from './binaries.js';
import { makeClaim } from './claim.js';
import { ensureCluster } from './cluster.js';
import { openControl } from './control-server.js';
import { layoutOf, type Layout } from './home.js';
import { failureAnswer } from './messages.js';
import { freeData } from './postmaster.js';
import { sizeOf } from './programs.js';
import { startServer, type Server } from './server.js';
import { chooseServerUser } from './server-user.js';

/*
 * The process between commands and server: `node supervisor.js <folder>`. It starts the server, keeps it for as long
 * as a command is connected, stops it and ends. Its own end, even by SIGKILL, ends the server too.
 */

const TOKEN_BYTES = 32;
const FIRST_HOLDER_WAIT_MS = 10_000;
const LOG_LIMIT_BYTES = 1_000_000;

/** Supervises `folder` until the last command has left; returns at once when another supervisor does already. */
async function supervise(folder: string): Promise<void> {
  const layout = layoutOf(folder);
  const stop = new AbortController();
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const control = await openControl(token, () => stop.abort());
  if (!(await makeClaim(folder, { pid: process.pid, port: control.port, token }))) return;

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  void sleep(FIRST_HOLDER_WAIT_MS).then(() => {
    if (control.holders() === 0) stop.abort();
  });

  const starting = start(layout, stop.signal);
  starting.then(
    (server) => {
      control.announce({ state: 'ready', port: server.port, postmasterPid: server.pid });
      void server.ended.then(() => stop.abort());
    },
    (error: unknown) => control.announce(failureAnswer(error, layout.log)),
  );
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  control.refuseNewcomers();
  const server = await starting.catch(() => undefined);
  await server?.stop();
}

async function start(layout: Layout, signal: AbortSignal): Promise<Server> {
  if ((await sizeOf(layout.log)) > LOG_LIMIT_BYTES) await truncate(layout.log);
  const installed = await locateBinaries();
  const user = await chooseServerUser(layout);
  await freeData(layout);
  await sweep(layout.folder, installed.version);
  const binaries = await runnableBinaries(installed, layout);
  await ensureCluster(layout, binaries, user, signal);
  return startServer(layout, binaries, user, signal);
}

/** Removes what killed predecessors left half-done, and copies of other versions' binaries. */
async function sweep(folder: string, version: string): Promise<void> {
  const names = await readdir(folder);
  const leftovers = names.filter(
    (name) => name.endsWith('.tmp') || (name.startsWith('bin-') && name !== `bin-${version}`),
  );
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

await supervise(process.argv[2] ?? '');
// Its end is what the last command waits for; timers and connections have no say.
process.exit();
