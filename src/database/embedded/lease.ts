import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { locateBinaries } from './binaries.js';
import { liveClaim, supervisorWords, type Claim } from './claim.js';
import { DATABASE, readPassword, ROLE } from './cluster.js';
import { joinSupervisor, type Holding } from './control-client.js';
import { failed, isTyped, messageOf } from './failures.js';
import { prepareHome, type Layout } from './home.js';
import { failureOf, type Answer } from './messages.js';
import { FAST_SHUTDOWN_MS, IMMEDIATE_SHUTDOWN_MS, postmasterWords } from './postmaster.js';
import { isRunning, waitUntilGone } from './processes.js';
import { supervisorStarter } from './starter.js';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = FAST_SHUTDOWN_MS + 2 * IMMEDIATE_SHUTDOWN_MS;
const POLL_MS = 15;

/** How to connect to the embedded server. */
export interface EmbeddedConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A command's share of the embedded server. */
export interface EmbeddedLease {
  readonly connection: EmbeddedConnection;
  /**
   * Writes a password file as libpq reads it, for its owner alone, beside the data, and returns its path. It holds for
   * every later start of the server.
   */
  readonly writePasswordFile: () => Promise<string>;
  /**
   * Gives the share back. The last one to do so waits until the server has stopped and no process is left.
   * Calling it again is harmless. Raises InfrastructureError when the server does not stop.
   */
  readonly release: () => Promise<void>;
  /**
   * Shuts the server down immediately, as a crash would, and starts it again on the same port; resolves when it
   * accepts connections. Raises InfrastructureError when other commands use it or it does not start.
   */
  readonly restart: () => Promise<void>;
}

type Ready = Extract<Answer, { state: 'ready' }>;

/**
 * Starts, or joins, the embedded server of the home that `environment` names (ELS_ASSIGN_HOME, XDG_STATE_HOME,
 * HOME), and resolves when it accepts connections. The server runs until the last lease is released or its process
 * has ended in whatever way; an unreleased lease does not keep the process alive.
 *
 * Raises UsageError `home_unreachable`, and InfrastructureError `embedded_unavailable` (not installed, or does not
 * run on this machine) or `embedded_failed`.
 */
export async function leaseEmbeddedServer(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<EmbeddedLease> {
  const { major } = await locateBinaries();
  const layout = await prepareHome(environment, major);
  try {
    return await startOrJoin(layout);
  } catch (error) {
    throw isTyped(error) ? error : failed(`could not be reached: ${messageOf(error)}`, layout.log, error);
  }
}

async function startOrJoin(layout: Layout): Promise<EmbeddedLease> {
  const startSupervisor = supervisorStarter(layout);
  const end = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < end) {
    const claim = await liveClaim(layout.folder);
    if (!claim) startSupervisor();
    const lease = claim && (await join(layout, claim, end - performance.now()));
    if (lease) return lease;
    await sleep(POLL_MS);
  }
  throw failed(`did not become ready within ${READY_TIMEOUT_MS} ms`, layout.log);
}

/** Undefined when this supervisor is at its end. */
async function join(layout: Layout, claim: Claim, timeoutMs: number): Promise<EmbeddedLease | undefined> {
  const holding = await joinSupervisor(claim, timeoutMs);
  if (!holding) return undefined;
  const { answer } = holding;
  if (answer.state === 'failed') {
    await holding.leave();
    throw failureOf(answer);
  }
  // The server may have been killed just now, and its supervisor may not know yet.
  if (!(await isRunning(answer.postmasterPid, postmasterWords(layout.data)))) {
    await holding.leave();
    return undefined;
  }
  const password = await readPassword(layout);
  let released: Promise<void> | undefined;
  return {
    connection: { host: '127.0.0.1', port: answer.port, user: ROLE, password, database: DATABASE },
    writePasswordFile: () => writePasswordFile(layout, password),
    release: () => (released ??= release(layout, holding, claim.pid, answer)),
    restart: () => restart(layout, holding),
  };
}

/** In place at once: another command may be reading it. */
async function writePasswordFile({ folder }: Layout, password: string): Promise<string> {
  const path = resolve(folder, 'pgpass');
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, `127.0.0.1:*:${DATABASE}:${ROLE}:${password}\n`, { mode: 0o600 });
  await rename(draft, path);
  return path;
}

async function restart(layout: Layout, holding: Holding): Promise<void> {
  const answer = await holding.restart();
  if (answer === undefined) throw failed('was not restarted: its supervisor has ended', layout.log);
  if (answer.state === 'refused') throw failed(`was not restarted: ${answer.message}`, layout.log);
  if (answer.state === 'failed') throw failureOf(answer);
}

async function release(layout: Layout, holding: Holding, supervisorPid: number, ready: Ready): Promise<void> {
  if (await holding.leave()) return;
  const gone = await Promise.all([
    waitUntilGone(supervisorPid, supervisorWords(layout.folder), STOP_TIMEOUT_MS),
    waitUntilGone(ready.postmasterPid, postmasterWords(layout.data), STOP_TIMEOUT_MS),
  ]);
  if (!gone.every(Boolean)) throw failed('did not stop', layout.log);
}
