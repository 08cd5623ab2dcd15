import { resolve } from 'node:path';
import type { ClientBase } from 'pg';
import { countActiveSessions } from '../database/active-sessions.js';
import { requireColumns, requireSchema } from '../database/schema.js';
import { serverError } from '../database/failure.js';
import { requireAccess } from '../database/grants.js';
import { transaction } from '../database/session.js';
import { UsageError } from '../domain/errors.js';
import { BUILT_IN_TERMS } from '../domain/promises.js';
import { findBatchesOfRuns, findBatchesOfTarget } from '../runs/foreign-batches.js';
import { findRuns } from '../runs/runs.js';
import type { Host } from '../target/host.js';
import type { Target } from '../target/target.js';
import { reopenHost } from '../targets/hosts.js';
import { builtInHost } from '../targets/resolve.js';
import { worstVerdict } from '../domain/verdict.js';
import type { CheckedBatches, VerificationReport } from '../domain/verification.js';
import {
  verifyDatabase,
  verifyHistory,
  verifyRun,
  type RunToVerify,
  type Verification,
} from '../verify/verify-run.js';
import type { Database } from './database.js';
import { inTransaction, withClient } from '../database/on-pool.js';
import type { KeptRun } from './open-history.js';
import { loadRecorded, type FilesToLoad, type RecordedTarget } from './recorded-target.js';
import { inEachToolDatabase, inToolDatabase, type ToolDatabaseName } from './tool-databases.js';

/**
 * Asks the database oracle about every batch of the schema. Nothing is changed: a read-only role may do it.
 *
 * @throws UsageError when the schema does not hold the tables
 */
export function verifySchema(database: Database): Promise<VerificationReport> {
  return reading(database, async (host) => {
    const batchIds = await host.allBatchIds();
    const verification =
      batchIds.length > 0 ? await verifyBatches(database, host, batchIds) : nothingToVerify(database.schema);
    return toReport([{ ...verification, runId: null, batches: batchIds.length, calls: null }]);
  });
}

/** Who is at work is asked first: a session may be half-way on the snapshot, and have ended when the audits are made. */
async function verifyBatches(
  database: Database,
  host: Host,
  batchIds: readonly string[],
): Promise<Verification> {
  const unsettled = await whyUnsettled(database);
  return verifyDatabase({ assignments: undefined, audits: await host.audit(batchIds) }, batchIds, unsettled);
}

/** Nothing was found wrong because nothing was looked at. */
function nothingToVerify(schema: string): Verification {
  const notes = [`schema ${JSON.stringify(schema)} holds no batch: nothing was verified`];
  return { verdict: 'unknown', invariants: [], notAsked: [], notes };
}

/** Asks the history oracle alone about kept runs. */
export async function verifyCalls(runs: AsyncIterable<KeptRun>): Promise<VerificationReport> {
  const checked: CheckedBatches[] = [];
  for await (const run of runs) checked.push(toChecked(run, verifyHistory(toVerify(run))));
  return toReport(checked);
}

/**
 * Asks both oracles about kept runs, each of its target. Nothing is changed.
 *
 * @param main that still holds their batches, or is the embedded server's, which holds those of targets
 * @param files which files of targets are loaded
 * @throws UsageError when it does not, the schema does not hold the tables, or a target cannot be had
 */
export async function verifyKeptRuns(
  main: Database,
  runs: AsyncIterable<KeptRun>,
  files: FilesToLoad,
): Promise<VerificationReport> {
  const checked: CheckedBatches[] = [];
  for await (const run of runs) {
    const isBuiltIn = run.header.target.name === BUILT_IN_TERMS.target.name;
    checked.push(await (isBuiltIn ? verifyBuiltIn(main, run) : verifyRunOfTarget(main, run, files)));
  }
  return toReport(checked);
}

function verifyBuiltIn(database: Database, run: KeptRun): Promise<CheckedBatches> {
  return reading(database, async (host) => {
    requireBatches(run, await host.allBatchIds());
    return verifyKept(database, host, run);
  });
}

async function verifyRunOfTarget(main: Database, run: KeptRun, files: FilesToLoad): Promise<CheckedBatches> {
  const { runId, batches } = run.header;
  const [found] = (
    await inEachToolDatabase(main, (database, name) => recordOf(database, name, runId))
  ).flat();
  if (found === undefined) throw runIsGone(run, batches.length);
  const line = (file: string) => `assignments and audits of ${found.strategy} in ${file} are run`;
  const target = await loadRecorded(main, found, files, line, ', or --history-only');
  return inToolDatabase(main, found.database, async (database) => {
    requireBatches(run, found.batchIds);
    return withReopened(target, database, (host) => verifyKept(database, host, run));
  });
}

/** A run as it is recorded, with its batches. */
interface RecordedRun extends RecordedTarget {
  readonly database: ToolDatabaseName;
  readonly batchIds: readonly string[];
}

/** @returns nothing where a run on tables that are not the tool's is not recorded */
async function recordOf(
  { pool, schema }: Database,
  database: ToolDatabaseName,
  runId: string,
): Promise<RecordedRun[]> {
  return inTransaction(pool, async (client) => {
    await requireRecords(client, schema);
    const run = (await findRuns(client)).find((each) => each.runId === runId);
    if (run?.file === undefined || run.file === null) return [];
    const { strategy, file } = run;
    return [{ strategy, file, database, batchIds: await findBatchesOfRuns(client, [runId]) }];
  });
}

async function requireRecords(client: ClientBase, schema: string): Promise<void> {
  await requireSchema(client, schema);
  await requireAccess(client, schema, 'read');
  await requireColumns(client, schema);
}

/**
 * Asks a target's audits, and what its assignments tell by themselves, of its batches that are recorded. Nothing is changed.
 *
 * @param main or where that is the embedded server's, every database of targets
 * @throws UsageError when nothing is recorded there, InfrastructureError when the target's code fails
 */
export async function verifyTarget(main: Database, target: Target): Promise<VerificationReport> {
  const { name, file = '' } = target;
  const found = await inEachToolDatabase(main, async (database, where) => {
    const batchIds = await inTransaction(database.pool, async (client) => {
      await requireRecords(client, database.schema);
      return findBatchesOfTarget(client, { name, file: resolve(file) });
    });
    return { where, batchIds };
  });
  const checked: CheckedBatches[] = [];
  for (const { where, batchIds } of found.filter((each) => each.batchIds.length > 0)) {
    const verification = await inToolDatabase(main, where, (database) =>
      withReopened(target, database, (host) => verifyRows(database, host, target, batchIds)),
    );
    checked.push({ ...verification, runId: null, batches: batchIds.length, calls: null });
  }
  if (checked.length > 0) return toReport(checked);
  const notes = [`no batch of target ${name} is recorded here: nothing was verified`];
  const nothing = { verdict: 'unknown', invariants: [], notAsked: [], notes } as const;
  return toReport([{ ...nothing, runId: null, batches: 0, calls: null }]);
}

async function verifyRows(
  database: Database,
  host: Host,
  { terms }: Target,
  batchIds: readonly string[],
): Promise<Verification> {
  const unsettled = await whyUnsettled(database);
  return verifyDatabase(await host.read(batchIds, { rightAfterRun: false }), batchIds, unsettled, terms);
}

async function withReopened<T>(
  target: Target,
  database: Database,
  work: (host: Host) => Promise<T>,
): Promise<T> {
  const { host, close } = await reopenHost(target, database);
  try {
    return await work(host);
  } finally {
    await close();
  }
}

async function verifyKept(database: Database, host: Host, run: KeptRun): Promise<CheckedBatches> {
  const settled = { ...toVerify(run), unsettled: await whyUnsettled(database) };
  const stored = await host.read(settled.batchIds, { rightAfterRun: false });
  return toChecked(run, verifyRun(settled, stored));
}

function requireBatches(run: KeptRun, there: readonly string[]): void {
  const known = new Set(there);
  const gone = run.header.batches.filter(({ batchId }) => !known.has(batchId)).length;
  if (gone > 0) throw runIsGone(run, gone);
}

function runIsGone({ header: { runId, batches } }: KeptRun, gone: number): UsageError {
  return new UsageError(
    'run_is_gone',
    `${gone} of the ${batches.length} batches of run ${runId} are not in the database; accepted: a run that was made with --keep, or --history-only`,
  );
}

function toVerify({ header, calls, faults, incomplete, durable }: KeptRun): RunToVerify {
  const { batches, startMicros, promises, places } = header;
  const slots = new Map(batches.map((batch) => [batch.batchId, batch.slots]));
  return {
    ...{ batchIds: [...slots.keys()], slotsOf: (batchId) => slots.get(batchId) ?? 0 },
    ...{ terms: { promises, places }, calls, startMicros, faults, incomplete, durable },
  };
}

function toChecked({ header, calls }: KeptRun, verification: Verification): CheckedBatches {
  const { runId, batches } = header;
  return { ...verification, runId, batches: batches.length, calls: calls.length };
}

function toReport(checked: readonly CheckedBatches[]): VerificationReport {
  return { verdict: worstVerdict(checked), checked };
}

/** undefined_table, undefined_column, undefined_function (a column of another type), invalid_schema_name */
const NOT_THE_TABLES = new Set(['42P01', '42703', '42883', '3F000']);

/** Runs work that only reads; tables that are not there, or are others, are the user's mistake. */
async function reading<T>(database: Database, work: (host: Host) => Promise<T>): Promise<T> {
  const { pool, schema } = database;
  try {
    await withClient(pool, async (client) => {
      await requireAccess(client, schema, 'read');
      await transaction(client, () => requireColumns(client, schema));
    });
    return await work(builtInHost(database));
  } catch (error) {
    const sent = serverError(error);
    if (sent === undefined || !NOT_THE_TABLES.has(sent.code)) throw error;
    const message = `schema ${JSON.stringify(schema)} does not hold the tables to verify (${sent.message}); accepted: one that els-assign setup created, or the same tables`;
    throw new UsageError('no_schema', message, { cause: error });
  }
}

/** What is under way in other sessions may look unfinished. */
async function whyUnsettled({ pool }: Database): Promise<string | undefined> {
  const sessions = await withClient(pool, countActiveSessions);
  if (sessions === 0) return undefined;
  return `other sessions are at work in this database: ${sessions}; what they have under way may look unfinished`;
}
