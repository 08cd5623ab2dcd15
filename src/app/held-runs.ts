import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from '../base/wording.js';
import { beginWork } from '../runs/at-work.js';
import { builtInHost } from '../targets/resolve.js';
import { findRuns, takeRuns, type FoundRun } from '../runs/runs.js';
import { requireNoDrift } from '../database/drift.js';
import { databaseFailure } from '../database/failure.js';
import { requireAccess } from '../database/grants.js';
import { createPool } from '../database/pool.js';
import { requireSchema } from '../database/schema.js';
import { openSession } from '../database/session.js';
import { requireWritable } from '../database/writable.js';
import { UsageError } from '../domain/errors.js';
import type { Cleaning, HeldRun, RunningCommand, RunSelection } from '../domain/held-run.js';
import { findPooling } from './check-pooling.js';
import { LOCK_TIMEOUT_MS } from '../database/coordinator-pool.js';
import type { Database } from './database.js';
import { inTransaction } from '../database/on-pool.js';
import { quiesceRun } from './quiesce.js';

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

/**
 * What the schema holds of runs, by when they began.
 *
 * @throws UsageError when the schema does not exist, or the role may not read it
 */
export async function readRuns(database: Database): Promise<HeldRun[]> {
  const { pool, schema } = database;
  const runs = await inTransaction(pool, async (client) => {
    await requireSchema(client, schema);
    await requireAccess(client, schema, 'read');
    await requireNoDrift(client, schema, 'columns');
    return findRuns(client);
  });
  return withCounts(database, runs);
}

/** Runs and how much there is of them; nothing of one that has gone meanwhile. */
async function withCounts(database: Database, runs: readonly FoundRun[]): Promise<HeldRun[]> {
  const counts = await builtInHost(database).countsOfRuns();
  return runs.map((run) => ({
    ...run,
    startedAt: run.startedAt?.toISOString() ?? null,
    counts: counts.get(run.runId) ?? {},
  }));
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

/**
 * Removes runs and all that was written about them: those that are named or all to which the selection applies, and no
 * run at work, also none whose command has lost its connection for a moment. All or nothing.
 *
 * @param options.dryRun only says which
 * @throws UsageError when the schema or a run does not exist, a named one is at work, or the role lacks a privilege; then
 *   nothing is removed
 * @throws InfrastructureError where nothing can be written
 */
export async function cleanRuns(
  database: Database,
  selection: RunSelection,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Cleaning> {
  const { pool, schema, address } = database;
  const found = await inTransaction(pool, async (client) => {
    await requireSchema(client, schema);
    if (!dryRun) await requireWritable(client, address);
    await requireAccess(client, schema, dryRun ? 'read' : 'run');
    await requireNoDrift(client, schema, 'columns');
    return findRuns(client);
  });
  const runs = await withCounts(database, found);
  const chosen =
    selection.runIds.length > 0 ? named(runs, selection.runIds, schema) : matching(runs, selection);
  const idle = chosen.filter(({ state }) => state !== 'at work');
  const removed = dryRun ? idle : await stillIdle(pool, idle);
  if (!dryRun && removed.length > 0) await remove(database, removed);
  return { dryRun, removed, leftAtWork: chosen.length - removed.length };
}

/** A command whose lock was lost with its connection has it back within this time, once the server lets it in. */
const COMES_BACK_MS = 3_000;
/** Two who clean at the same time look at different times. */
const JITTER_MS = 1_000;

/** Those of runs whose command is not at work when it is asked again: it may have lost its connection a moment ago. */
async function stillIdle(pool: Database['pool'], runs: readonly HeldRun[]): Promise<HeldRun[]> {
  if (runs.some(({ command }) => command !== null)) await sleep(COMES_BACK_MS + Math.random() * JITTER_MS);
  const found = await inTransaction(pool, findRuns);
  const back = new Set(found.filter(({ state }) => state === 'at work').map(({ runId }) => runId));
  return runs.filter(({ runId }) => !back.has(runId));
}

/**
 * Workers whose command died may still have sessions that write.
 *
 * @throws UsageError `run_at_work` when a command came back meanwhile; then nothing is removed
 */
async function remove(database: Database, runs: readonly HeldRun[]): Promise<void> {
  const pooling = await findPooling(database);
  const runIds = runs.map(({ runId }) => runId);
  const requireIdle = (alive: readonly string[]) => {
    const back = runs.find(({ runId }) => alive.includes(runId));
    if (back !== undefined) throw isAtWork(back);
  };
  for (const runId of runIds) {
    const stillIdle = async () =>
      requireIdle(await inTransaction(database.pool, (client) => takeRuns(client, runIds)));
    await quiesceRun({ ...database, pooling }, runId, stillIdle);
  }
  requireIdle(await builtInHost(database).removeIdle(runIds));
}

/** With the batches that their engines warm up on. */
function named(runs: readonly HeldRun[], runIds: readonly string[], schema: string): HeldRun[] {
  for (const runId of runIds) {
    const run = runs.find((each) => each.runId === runId);
    if (run === undefined) throw unknownRun(runId, runs, schema);
    if (run.state === 'at work') throw isAtWork(run);
  }
  return runs.filter(({ runId, warmsUp }) => runIds.includes(runId) || runIds.includes(warmsUp ?? ''));
}

/** Batches that a service registered by the library are its own, however old: they are removed by name alone. */
function matching(runs: readonly HeldRun[], { abandoned, olderThanMs = -Infinity }: RunSelection): HeldRun[] {
  const isOld = ({ startedAt }: HeldRun) =>
    startedAt === null || Date.now() - Date.parse(startedAt) > olderThanMs;
  const isWanted = ({ state, command }: HeldRun) => command !== null && (!abandoned || state === 'abandoned');
  return runs.filter((run) => isOld(run) && isWanted(run));
}

/** More are not worth a line. */
const MOST_NAMED = 5;

function unknownRun(runId: string, runs: readonly HeldRun[], schema: string): UsageError {
  const known = runs.slice(0, MOST_NAMED).map((run) => quote(run.runId));
  const rest = runs.length > known.length ? [`${runs.length - known.length} more`] : [];
  const accepted = known.length === 0 ? 'none, for it holds none' : [...known, ...rest].join(', ');
  return new UsageError(
    'unknown_run',
    `run ${quote(runId)} is not in schema ${quote(schema)}; accepted: ${accepted} (els-assign runs lists them)`,
  );
}

function isAtWork({ runId, command, pid, host }: HeldRun): UsageError {
  const who = `els-assign ${command ?? ''} has it under way (process ${pid} on ${host})`;
  return new UsageError(
    'run_at_work',
    `run ${quote(runId)} is at work: ${who}; accepted: a run that is kept or abandoned, or end that command first`,
  );
}
