import { resolve } from 'node:path';
import type { ClientBase } from 'pg';
import { quote } from '../base/wording.js';
import { requireAccess } from '../database/grants.js';
import { inTransaction } from '../database/on-pool.js';
import { requireColumns, requireSchema } from '../database/schema.js';
import type { CheckedBatches, VerificationReport } from '../domain/verification.js';
import { findBatchesOfRuns, findBatchesOfTarget } from '../runs/foreign-batches.js';
import { findRuns } from '../runs/runs.js';
import type { Host } from '../target/host.js';
import type { Target } from '../target/target.js';
import { reopenHost } from '../targets/hosts.js';
import { verifyDatabase, type Verification } from '../verify/verify-run.js';
import type { Database } from './database.js';
import { requireBatches, runIsGone, toReport, unlessUntold, verifyKept, whyUnsettled } from './kept-runs.js';
import type { KeptRun } from './open-history.js';
import { loadRecorded, type FilesToLoad, type RecordedTarget } from './recorded-target.js';
import {
  databaseNameOf,
  inEachToolDatabase,
  inToolDatabase,
  type ToolDatabaseName,
} from './tool-databases.js';

/**
 * Asks both oracles about a kept run of a target on tables of its own.
 *
 * @throws UsageError when its batches are not there, or the target cannot be had
 */
export async function verifyRunOfTarget(
  main: Database,
  run: KeptRun,
  files: FilesToLoad,
): Promise<CheckedBatches> {
  const { runId, batches } = run.header;
  const { done, unread } = await inEachToolDatabase(main, (database, name) =>
    recordOf(database, name, runId),
  );
  const [found] = done.flat();
  if (found === undefined) throw unread[0]?.error ?? runIsGone(run, batches.length);
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
async function recordOf(place: Database, database: ToolDatabaseName, runId: string): Promise<RecordedRun[]> {
  return inTransaction(place.pool, async (client) => {
    await requireRecords(client, place);
    const run = (await findRuns(client)).find((each) => each.runId === runId);
    if (run?.file === undefined || run.file === null) return [];
    const { strategy, file } = run;
    return [{ strategy, file, database, batchIds: await findBatchesOfRuns(client, [runId]) }];
  });
}

async function requireRecords(client: ClientBase, { schema, remedy }: Database): Promise<void> {
  await requireSchema(client, schema);
  await requireAccess(client, schema, 'read');
  await requireColumns(client, schema, remedy);
}

/**
 * Asks a target's audits, and what its assignments tell by themselves, of its batches that are recorded. Nothing is changed.
 *
 * @param main or where that is the embedded server's, every database of targets
 * @param tell says in one line which other target's database could not be looked into
 * @throws UsageError when the target's own database could not, InfrastructureError when the target's code fails
 */
export async function verifyTarget(
  main: Database,
  target: Target,
  tell: (line: string) => void,
): Promise<VerificationReport> {
  const { name, file = '' } = target;
  const { done: found, unread } = await inEachToolDatabase(main, async (database, where) => {
    const batchIds = await inTransaction(database.pool, async (client) => {
      await requireRecords(client, database);
      return findBatchesOfTarget(client, { name, file: resolve(file) });
    });
    return { where, batchIds };
  });
  for (const { database, error } of unread) {
    if (database === databaseNameOf(target)) throw error;
    tell(error.message);
  }
  const checked: CheckedBatches[] = [];
  for (const { where, batchIds } of found.filter((each) => each.batchIds.length > 0)) {
    const verification = await inToolDatabase(main, where, (database) =>
      withReopened(target, database, (host) => verifyRows(database, host, target, batchIds)),
    );
    checked.push({ ...verification, runId: null, target: name, batches: batchIds.length, calls: null });
  }
  if (checked.length > 0) return toReport(checked);
  const notes = [`no batch of target ${name} of ${quote(file)} is recorded here: nothing was verified`];
  const nothing = { verdict: 'unknown', invariants: [], notAsked: [], notes } as const;
  return toReport([{ ...nothing, runId: null, target: name, batches: 0, calls: null }]);
}

async function verifyRows(
  database: Database,
  host: Host,
  { terms }: Target,
  batchIds: readonly string[],
): Promise<Verification> {
  const unsettled = await whyUnsettled(database);
  const stored = await host.read(batchIds, { rightAfterRun: false });
  return unlessUntold(stored, verifyDatabase(stored, batchIds, unsettled, terms));
}

async function withReopened<T>(
  target: Target,
  database: Database,
  work: (host: Host) => Promise<T>,
): Promise<T> {
  const opened = await reopenHost(target, database);
  try {
    return await work(opened.host);
  } finally {
    await opened.close();
  }
}
