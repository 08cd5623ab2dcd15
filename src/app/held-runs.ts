import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { beginWork } from '../runs/at-work.js';
import { builtInHost } from '../targets/resolve.js';
import { countForeignBatches } from '../runs/foreign-batches.js';
import { findRuns } from '../runs/runs.js';
import { requireNoDrift } from '../database/drift.js';
import { databaseFailure } from '../database/failure.js';
import { requireAccess, type Access } from '../database/grants.js';
import { createPool } from '../database/pool.js';
import { requireSchema } from '../database/schema.js';
import { openSession } from '../database/session.js';
import { requireWritable } from '../database/writable.js';
import type { HeldRun, RunningCommand } from '../domain/held-run.js';
import { LOCK_TIMEOUT_MS } from '../database/coordinator-pool.js';
import type { Database } from './database.js';
import { inTransaction } from '../database/on-pool.js';
import { inEachToolDatabase, type ToolDatabaseName, type Unread } from './tool-databases.js';

/** Longer than a lock is waited for: a server that has frozen holds nobody up. */
const PRESENCE_TIMEOUT_MS = 2 * LOCK_TIMEOUT_MS;

/**
 * Does the work of a command that registers batches, which all who look at the schema see as long as it lives.
 *
 * @param name as the command line calls it
 * @param work gets what its runs are to be recorded under
 * @throws what the database raises where there is no connection, and what the work throws
 */
export function whileAtWork<T>(
  database: Database,
  name: string,
  work: (command: RunningCommand) => Promise<T>,
): Promise<T> {
  const beats = database.pooling === 'transaction';
  const commandId = `${Date.now().toString(36)}${randomBytes(6).toString('hex')}`;
  const command = { command: name, commandId, host: hostname(), pid: process.pid, beats };
  return presentIn(database, command, () => work(command));
}

async function presentIn<T>(
  { address, schema }: Database,
  command: RunningCommand,
  work: () => Promise<T>,
): Promise<T> {
  const settings = { schema, lockTimeoutMs: LOCK_TIMEOUT_MS, keepsNothing: command.beats };
  const pool = createPool(address, {
    connections: 1,
    applicationName: 'els-assign at work',
    queryTimeoutMs: PRESENCE_TIMEOUT_MS,
    onConnect: (client) => openSession(client, settings, []),
  });
  try {
    const end = await beginWork(pool, command);
    return await work().finally(end);
  } finally {
    await pool.end();
  }
}

/**
 * Does the work of one command that registers batches in several databases.
 *
 * @param databases one or more; the command has one id in all of them
 */
export function whileAtWorkIn<T>(
  [first, ...others]: readonly Database[],
  name: string,
  work: (command: RunningCommand) => Promise<T>,
): Promise<T> {
  if (first === undefined) throw new Error('a command without a database');
  return whileAtWork(first, name, (command) =>
    others.reduceRight<() => Promise<T>>(
      (within, database) => () => presentIn(database, command, within),
      () => work(command),
    )(),
  );
}

/** What the databases of the tool hold of runs. */
export interface FoundRuns {
  readonly runs: readonly HeldRun[];
  /** Why databases of targets could not be looked into. */
  readonly unread: readonly Unread[];
}

/**
 * What the databases of the tool hold of runs, by when they began: the one that a command was given, and on the embedded
 * server those of targets.
 *
 * @param access what the role must be let do, besides
 * @throws UsageError when the schema does not exist, or the role may not read it
 * @throws InfrastructureError where it is to be written, and cannot be
 */
export async function readRuns(main: Database, access: Access = 'read'): Promise<FoundRuns> {
  const { done, unread } = await inEachToolDatabase(main, (database, name) => runsIn(database, name, access));
  return { runs: done.flat().sort(byStart), unread };
}

async function runsIn(database: Database, name: ToolDatabaseName, access: Access): Promise<HeldRun[]> {
  const { pool, schema, address } = database;
  const { runs, foreign } = await inTransaction(pool, async (client) => {
    await requireSchema(client, schema);
    if (access === 'run') await requireWritable(client, address);
    await requireAccess(client, schema, access);
    await requireNoDrift(client, schema, 'columns', database.remedy);
    return { runs: await findRuns(client), foreign: await countForeignBatches(client) };
  });
  const counts = await builtInHost(database).countsOfRuns();
  // Nothing is counted of one that has gone meanwhile.
  return runs.map((run) => ({
    ...run,
    database: name,
    startedAt: run.startedAt?.toISOString() ?? null,
    counts: foreign.get(run.runId) ?? counts.get(run.runId) ?? {},
  }));
}

/** Those without a beginning last, as PostgreSQL sorts them. */
function byStart(one: HeldRun, other: HeldRun): number {
  const [first, second] = [one, other].map(({ startedAt }) => startedAt ?? '~');
  if (first === second || first === undefined || second === undefined) return 0;
  return first < second ? -1 : 1;
}

/**
 * How many runs a schema holds that were abandoned; none where the database does not tell: to the role, or because runs are
 * not recorded there. It is asked for a notice beside something else, which it must not cost.
 */
export async function countAbandoned({ pool }: Database): Promise<number> {
  try {
    const runs = await inTransaction(pool, findRuns);
    return runs.filter(({ state }) => state === 'abandoned').length;
  } catch (error) {
    if (databaseFailure(error) !== undefined) return 0;
    throw error;
  }
}
