import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { locateBinaries, runnableBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import type { Layout } from './home.js';
import { freeData } from './postmaster.js';
import { sizeOf } from './programs.js';
import { startServer, type Server } from './server.js';
import { chooseServerUser } from './server-user.js';

const LOG_LIMIT_BYTES = 1_000_000;

/** Starts the server of a folder, starts it again, stops it. */
export class ServerKeeper {
  readonly #layout: Layout;
  readonly #stop: AbortController;
  #starting: Promise<Server> | undefined;

  /** @param stop ends a start early; aborted when the server ends by itself */
  constructor(layout: Layout, stop: AbortController) {
    this.#layout = layout;
    this.#stop = stop;
  }

  /** Resolves when the server accepts connections. Raises InfrastructureError. */
  start(): Promise<Server> {
    return this.#keep(prepareAndStart(this.#layout, this.#stop.signal));
  }

  /** Ends the server immediately and starts it again on the same port. Raises InfrastructureError. */
  restart(): Promise<Server> {
    const before = this.#starting;
    return this.#keep(
      (async () => {
        const server = await before;
        await server?.stopImmediately();
        return prepareAndStart(this.#layout, this.#stop.signal, server?.port);
      })(),
    );
  }

  async stop(): Promise<void> {
    const server = await this.#starting?.catch(() => undefined);
    await server?.stop();
  }

  #keep(starting: Promise<Server>): Promise<Server> {
    this.#starting = starting;
    starting.then(
      (server) =>
        server.ended.then(() => {
          if (this.#starting === starting) this.#stop.abort();
        }),
      () => undefined,
    );
    return starting;
  }
}

async function prepareAndStart(layout: Layout, signal: AbortSignal, port?: number): Promise<Server> {
  const findPort = port === undefined ? undefined : () => Promise.resolve(port);
  if ((await sizeOf(layout.log)) > LOG_LIMIT_BYTES) await truncate(layout.log);
  const installed = await locateBinaries();
  const user = await chooseServerUser(layout);
  await freeData(layout);
  await sweep(layout.folder, installed.version);
  const binaries = await runnableBinaries(installed, layout);
  await ensureCluster(layout, binaries, user, signal);
  const server = await startServer(layout, binaries, user, signal, findPort);
  try {
    // The only part that talks to the server needs the driver, which would delay every start before this moment.
    const { ensureStatistics } = await import('./statistics.js');
    await ensureStatistics(layout, server.port);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Removes what killed predecessors left half-done, and copies of other versions' binaries. */
async function sweep(folder: string, version: string): Promise<void> {
  const names = await readdir(folder);
  const leftovers = names.filter(
    (name) => name.endsWith('.tmp') || (name.startsWith('bin-') && name !== `bin-${version}`),
  );
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
