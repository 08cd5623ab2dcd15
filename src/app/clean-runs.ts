import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from '../base/wording.js';
import { inTransaction } from '../database/on-pool.js';
import { InfrastructureError, UsageError } from '../domain/errors.js';
import type { Cleaning, HeldRun, LeftRuns, RunSelection } from '../domain/held-run.js';
import { findBatchesOfRuns } from '../runs/foreign-batches.js';
import { findRuns } from '../runs/runs.js';
import type { Target } from '../target/target.js';
import type { Database } from './database.js';
import { isRecorded, loadRecorded, type FilesToLoad } from './recorded-target.js';
import { removeBuiltIn, removeByTarget, runIsAtWork } from './remove-runs.js';
import { readRuns, type FoundRuns } from './held-runs.js';
import { inToolDatabase, type ToolDatabaseName } from './tool-databases.js';

/** How runs are cleaned. */
export interface CleanOptions {
  /** Only says which. */
  readonly dryRun: boolean;
  /** Which files of targets are loaded. */
  readonly files: FilesToLoad;
}

/** What `cleanRuns` did. */
export interface Cleaned {
  readonly cleaning: Cleaning;
  /** Why runs were left whose target could not be had to remove them, one for each of `cleaning.left`. */
  readonly failures: readonly (UsageError | InfrastructureError)[];
  /** Why databases of targets could not be looked into. */
  readonly unread: FoundRuns['unread'];
}

/**
 * Removes runs and all that was written about them: those that are named or all to which the selection applies, and no
 * run at work, also none whose command has lost its connection for a moment. Runs on the tool's own tables are removed all
 * or nothing; those of each target with tables of its own by its `remove`, and where that cannot be, they are left.
 *
 * @param main whose embedded server's databases are all looked into
 * @throws UsageError when the schema or a run does not exist, a named one is at work, or the role lacks a privilege; then
 *   nothing is removed
 * @throws InfrastructureError where nothing can be written
 */
export async function cleanRuns(
  main: Database,
  selection: RunSelection,
  { dryRun, files }: CleanOptions,
): Promise<Cleaned> {
  const found = await readRuns(main, dryRun ? 'read' : 'run');
  const chosen =
    selection.runIds.length > 0
      ? named(found, selection.runIds, main.schema)
      : matching(found.runs, selection);
  const notAtWork = chosen.filter(({ state }) => state !== 'at work');
  const idle = dryRun ? notAtWork : await stillIdle(main, notAtWork);
  const removed: HeldRun[] = [];
  const left: LeftRuns[] = [];
  const failures: (UsageError | InfrastructureError)[] = [];
  for (const group of groupsOf(idle)) {
    const { failure, runs: gone } = await removeGroup(main, group, selection, { dryRun, files });
    removed.push(...gone);
    if (failure === undefined) continue;
    failures.push(failure);
    left.push(await toLeft(main, group, failure.message));
  }
  const cleaning = { dryRun, removed, left, leftAtWork: chosen.length - idle.length };
  return { cleaning, failures, unread: found.unread };
}

/** Runs of one target in one database; at least one. */
interface Group {
  readonly database: ToolDatabaseName;
  readonly file: string | null;
  readonly strategy: string;
  readonly runs: readonly HeldRun[];
}

/** The tool's own first: they are all or nothing, whatever becomes of others. */
function groupsOf(runs: readonly HeldRun[]): Group[] {
  const groups = new Map<string, Group & { readonly runs: HeldRun[] }>();
  for (const run of runs) {
    const { database, file } = run;
    const strategy = file === null ? '' : run.strategy;
    const key = JSON.stringify([database, file, strategy]);
    const group = groups.get(key) ?? { database, file, strategy, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  return [...groups.values()].sort((one, other) => Number(one.file !== null) - Number(other.file !== null));
}

interface Removal {
  readonly runs: readonly HeldRun[];
  readonly failure?: UsageError | InfrastructureError;
}

async function removeGroup(
  main: Database,
  group: Group,
  { runIds }: RunSelection,
  { dryRun, files }: CleanOptions,
): Promise<Removal> {
  const { database: name, file, strategy, runs } = group;
  if (file === null) {
    if (!dryRun) await inToolDatabase(main, name, (database) => removeBuiltIn(database, runs));
    return { runs };
  }
  try {
    // It may be another target's file: of runs that are not named it is for those alone that it can remove.
    const { given } = files;
    const isMeant = given && (runIds.length > 0 || isRecorded(given, { file, strategy }));
    const named = { ...files, given: isMeant ? given : undefined };
    const line = (path: string) => statement(group, path, dryRun);
    const target = await loadRecorded(main, { file, strategy }, named, line);
    const lacks = target.lacks.remove;
    if (lacks !== undefined) throw cannotRemove(target, lacks);
    if (!dryRun) await inToolDatabase(main, name, (database) => removeByTarget(database, target, runs));
    return { runs };
  } catch (error) {
    if (error instanceof UsageError && error.code === 'run_at_work') throw error;
    if (!(error instanceof UsageError || error instanceof InfrastructureError)) throw error;
    return { runs: [], failure: error };
  }
}

function statement({ strategy, database, runs }: Group, path: string, dryRun: boolean): string {
  const batches = runs.reduce((sum, { counts }) => sum + (counts['batches'] ?? 0), 0);
  const where = database === null ? '' : ` in database ${database}`;
  const which = runs.map(({ runId }) => runId).slice(0, MOST_NAMED);
  const more = runs.length > which.length ? `, and ${runs.length - which.length} more` : '';
  const what = `batches ${batches} of ${runs.length === 1 ? 'run' : 'runs'} ${which.join(', ')}${more}`;
  return `remove of ${strategy} in ${path} ${dryRun ? 'would be' : 'is'} run${where}: ${what}`;
}

function cannotRemove({ name, file }: Target, why: string): UsageError {
  return new UsageError(
    'no_remove',
    `target ${name} of ${quote(file ?? '')} ${why}; accepted: one that is added to it`,
  );
}

/** Batches that are named, at most. */
const MOST_BATCHES = 5;

async function toLeft(
  main: Database,
  { database, file, strategy, runs }: Group,
  reason: string,
): Promise<LeftRuns> {
  const runIds = runs.map(({ runId }) => runId);
  const batchIds = await inToolDatabase(main, database, ({ pool }) =>
    inTransaction(pool, (client) => findBatchesOfRuns(client, runIds)),
  );
  const some = batchIds.slice(0, MOST_BATCHES);
  return { runIds, strategy, file: file ?? '', database, batches: batchIds.length, batchIds: some, reason };
}

/** A command whose lock was lost with its connection has it back within this time, once the server lets it in. */
const COMES_BACK_MS = 3_000;
/** Two who clean at the same time look at different times. */
const JITTER_MS = 1_000;

/** Those of runs whose command is not at work when it is asked again: it may have lost its connection a moment ago. */
async function stillIdle(main: Database, runs: readonly HeldRun[]): Promise<HeldRun[]> {
  if (runs.some(({ command }) => command !== null)) await sleep(COMES_BACK_MS + Math.random() * JITTER_MS);
  const back = new Set<string>();
  for (const name of new Set(runs.map(({ database }) => database))) {
    const found = await inToolDatabase(main, name, ({ pool }) => inTransaction(pool, findRuns));
    for (const { runId, state } of found) if (state === 'at work') back.add(runId);
  }
  return runs.filter(({ runId }) => !back.has(runId));
}

/** With the batches that their engines warm up on. */
function named({ runs, unread }: FoundRuns, runIds: readonly string[], schema: string): HeldRun[] {
  for (const runId of runIds) {
    const run = runs.find((each) => each.runId === runId);
    // It may be in a database that could not be looked into.
    if (run === undefined) throw unread[0]?.error ?? unknownRun(runId, runs, schema);
    if (run.state === 'at work') throw runIsAtWork(run);
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
