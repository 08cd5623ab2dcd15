import { withClient } from '../database/on-pool.js';
import { requireColumns } from '../database/schema.js';
import { serverError } from '../database/failure.js';
import { requireAccess } from '../database/grants.js';
import { transaction } from '../database/session.js';
import { UsageError } from '../domain/errors.js';
import type { CheckedBatches, VerificationReport } from '../domain/verification.js';
import { builtInHost, type BuiltInHost } from '../targets/resolve.js';
import { verifyDatabase, verifyHistory, type Verification } from '../verify/verify-run.js';
import type { Database } from './database.js';
import { requireBatches, toChecked, toReport, toVerify, verifyKept, whyUnsettled } from './kept-runs.js';
import type { KeptRun } from './open-history.js';
import type { FilesToLoad } from './recorded-target.js';
import { verifyRunOfTarget } from './verify-target.js';

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
  host: BuiltInHost,
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
    const { hasOwnSchema = false } = run.header.target;
    checked.push(await (hasOwnSchema ? verifyRunOfTarget(main, run, files) : verifyBuiltIn(main, run)));
  }
  return toReport(checked);
}

function verifyBuiltIn(database: Database, run: KeptRun): Promise<CheckedBatches> {
  return reading(database, async (host) => {
    requireBatches(run, await host.allBatchIds());
    return verifyKept(database, host, run);
  });
}

/** undefined_table, undefined_column, undefined_function (a column of another type), invalid_schema_name */
const NOT_THE_TABLES = new Set(['42P01', '42703', '42883', '3F000']);

/** Runs work that only reads; tables that are not there, or are others, are the user's mistake. */
async function reading<T>(database: Database, work: (host: BuiltInHost) => Promise<T>): Promise<T> {
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
