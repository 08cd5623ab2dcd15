import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failed } from './failures.js';
import type { Layout } from './home.js';
import { FAST_SHUTDOWN_MS, IMMEDIATE_SHUTDOWN_MS, readPostmasterFile } from './postmaster.js';
import { ended, programFailure, sizeOf, startProgram, textSince } from './programs.js';
import type { ServerUser } from './server-user.js';

const START_TIMEOUT_MS = 55_000;
const READY_POLL_MS = 10;
const RETRY_PAUSE_MS = 100;

/** Passes by itself: the port was taken meanwhile, or processes of a killed server are still ending. */
const PASSING = /Address already in use|is still in use/;

/** Nothing here makes a commit less durable: fsync, synchronous_commit, full_page_writes, autovacuum stay on. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // Counts what the statements of a load cost the server.
  shared_preload_libraries: 'pg_stat_statements',
  // Load tests provoke errors by the thousand, and the client is told each; LOG and FATAL still get into the log.
  log_min_messages: 'log',
};

/** A server that accepts connections. */
export interface Server {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends it: fast, and after `FAST_SHUTDOWN_MS` immediately. */
  stop(): Promise<void>;
  /** Ends it immediately: what was committed is in the WAL alone, as after a crash. */
  stopImmediately(): Promise<void>;
}

/**
 * Starts postgres on the data of `layout` and resolves when it accepts connections.
 * Raises InfrastructureError; ends early when `signal` is aborted.
 */
export async function startServer(
  layout: Layout,
  binaries: string,
  user: ServerUser,
  signal: AbortSignal,
  findPort = freePort,
): Promise<Server> {
  const path = join(binaries, 'bin', 'postgres');
  const end = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const start = await sizeOf(layout.log);
    const port = await findPort();
    const child = await startProgram(path, serverArguments(layout.data, port), layout.log, user);
    const server = guarded(child, port);
    if (await becomesReady(child, layout.data, end, signal)) return server;
    const running = child.exitCode === null && child.signalCode === null;
    await server.stop();
    const output = await textSince(layout.log, start);
    if (signal.aborted) throw failed('was told to end while it started', layout.log);
    if (running) throw failed(`did not become ready within ${START_TIMEOUT_MS} ms`, layout.log);
    if (!PASSING.test(output) || performance.now() > end)
      throw programFailure(path, child, output, layout.log);
    await sleep(RETRY_PAUSE_MS);
  }
}

/** False when it ended, took too long or is not wanted any more. */
async function becomesReady(
  child: ChildProcess,
  data: string,
  end: number,
  signal: AbortSignal,
): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (signal.aborted || performance.now() > end) return false;
    const file = await readPostmasterFile(data);
    if (file?.pid === child.pid && file?.acceptsConnections) return true;
    await sleep(READY_POLL_MS);
  }
  return false;
}

function guarded(child: ChildProcess, port: number): Server {
  const pid = child.pid ?? 0;
  const guard = startGuard(pid);
  const bothEnded = ended(child).then(async () => {
    guard.kill('SIGKILL');
    await ended(guard);
  });
  return {
    port,
    pid,
    ended: bothEnded,
    async stop() {
      child.kill('SIGINT');
      const impatience = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MS);
      const lastResort = setTimeout(() => child.kill('SIGKILL'), FAST_SHUTDOWN_MS + IMMEDIATE_SHUTDOWN_MS);
      await bothEnded;
      clearTimeout(impatience);
      clearTimeout(lastResort);
    },
    async stopImmediately() {
      child.kill('SIGQUIT');
      const lastResort = setTimeout(() => child.kill('SIGKILL'), IMMEDIATE_SHUTDOWN_MS);
      await bothEnded;
      clearTimeout(lastResort);
    },
  };
}

/** A shell that ends the server when this process is killed, which closes the pipe that the shell reads. */
function startGuard(pid: number): ChildProcess {
  const stdio = ['pipe', 'ignore', 'ignore'] as const;
  return spawn('/bin/sh', ['-c', 'read -r line; kill -INT "$0"', String(pid)], {
    cwd: '/',
    env: {},
    stdio: [...stdio],
  });
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function serverArguments(data: string, port: number): string[] {
  const settings = Object.entries(SETTINGS).map(([name, value]) => `--${name}=${value}`);
  return ['-D', data, '-p', String(port), ...settings];
}
