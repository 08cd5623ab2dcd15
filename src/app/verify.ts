import { countActiveSessions } from '../database/active-sessions.js';
import { requireColumns } from '../database/schema.js';
import { serverError } from '../database/failure.js';
import { requireAccess } from '../database/grants.js';
import { transaction } from '../database/session.js';
import type { Host } from '../target/host.js';
import { builtInHost } from '../targets/resolve.js';
import { UsageError } from '../domain/errors.js';
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
import { withClient } from '../database/on-pool.js';
import type { KeptRun } from './open-history.js';

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
  return verifyDatabase(await host.audit(batchIds), batchIds, unsettled);
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
 * Asks both oracles about kept runs. Nothing is changed.
 *
 * @param database that still holds their batches
 * @throws UsageError when it does not, or the schema does not hold the tables
 */
export function verifyKeptRuns(
  database: Database,
  runs: AsyncIterable<KeptRun>,
): Promise<VerificationReport> {
  return reading(database, async (host) => {
    const checked: CheckedBatches[] = [];
    for await (const run of runs) {
      await requireBatches(host, run);
      const settled = { ...toVerify(run), unsettled: await whyUnsettled(database) };
      checked.push(
        toChecked(run, verifyRun(settled, await host.read(settled.batchIds, { rightAfterRun: false }))),
      );
    }
    return toReport(checked);
  });
}

async function requireBatches(host: Host, { header: { runId, batches } }: KeptRun): Promise<void> {
  const known = new Set(await host.allBatchIds());
  const gone = batches.filter(({ batchId }) => !known.has(batchId)).length;
  if (gone === 0) return;
  throw new UsageError(
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
