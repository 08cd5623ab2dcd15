import type { ClientBase } from 'pg';
import { countActiveSessions, findBatches } from '../batches/find.js';
import { UsageError } from '../domain/errors.js';
import type { CheckedBatches, VerificationReport } from '../domain/verification.js';
import { readHistory, type KeptRun } from '../history/read-history.js';
import {
  verifyDatabase,
  verifyHistory,
  verifyRun,
  type RunToVerify,
  type Verification,
} from '../verify/verify-run.js';
import { withClient, type Database } from './database.js';
import { worstVerdict } from './verdicts.js';

/** Asks the database oracle about every batch of the schema. Nothing is changed: a read-only role may do it. */
export function verifySchema({ pool }: Database): Promise<VerificationReport> {
  return withClient(pool, async (client) => {
    const batchIds = await findBatches(client);
    const verification = await verifyDatabase(client, batchIds);
    const notes = [...verification.notes, ...(await activityNotes(client))];
    return toResult([{ ...verification, notes, runId: null, batches: batchIds.length, calls: null }]);
  });
}

/**
 * Checks the runs of a history file again.
 *
 * @param path of the file
 * @param database that still holds their batches; without it the history alone is checked
 * @throws UsageError when the file cannot be read or is no history, or the database no longer holds the batches
 */
export async function verifyHistoryFile(path: string, database?: Database): Promise<VerificationReport> {
  const checked: CheckedBatches[] = [];
  for await (const run of readHistory(path)) {
    const verification = database ? await withDatabaseOf(run, database) : verifyHistory(toVerify(run));
    const { runId, batchIds } = run.header;
    checked.push({ ...verification, runId, batches: batchIds.length, calls: run.calls.length });
  }
  return toResult(checked);
}

function withDatabaseOf(run: KeptRun, { pool }: Database): Promise<Verification> {
  const { runId, batchIds } = run.header;
  return withClient(pool, async (client) => {
    const known = new Set(await findBatches(client));
    const gone = batchIds.filter((batchId) => !known.has(batchId)).length;
    if (gone > 0) {
      throw new UsageError(
        'run_is_gone',
        `${gone} of the ${batchIds.length} batches of run ${runId} are not in the database; accepted: a run that was made with --keep, or --history-only`,
      );
    }
    return verifyRun(client, toVerify(run), { rightAfterRun: false });
  });
}

function toVerify({ header, calls }: KeptRun): RunToVerify {
  const { batchIds, slots, startMicros, faults, incomplete, durable } = header;
  return { batchIds, slots, calls, startMicros, faults, incomplete, durable };
}

function toResult(checked: readonly CheckedBatches[]): VerificationReport {
  return { verdict: worstVerdict(checked), checked };
}

/** What is under way in other sessions may look unfinished. */
async function activityNotes(client: ClientBase): Promise<string[]> {
  const sessions = await countActiveSessions(client);
  if (sessions === 0) return [];
  return [
    `other sessions are at work in this database: ${sessions}; what they have under way may look unfinished`,
  ];
}
