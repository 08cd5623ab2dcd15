import { countActiveSessions } from '../database/active-sessions.js';
import { withClient } from '../database/on-pool.js';
import { UsageError } from '../domain/errors.js';
import { worstVerdict } from '../domain/verdict.js';
import type { CheckedBatches, VerificationReport } from '../domain/verification.js';
import type { Host, Stored } from '../target/host.js';
import { verifyRun, type RunToVerify, type Verification } from '../verify/verify-run.js';
import type { Database } from './database.js';
import type { KeptRun } from './open-history.js';

/** Asks both oracles about a kept run. */
export async function verifyKept(database: Database, host: Host, run: KeptRun): Promise<CheckedBatches> {
  const settled = { ...toVerify(run), unsettled: await whyUnsettled(database) };
  const stored = await host.read(settled.batchIds, { rightAfterRun: false });
  return toChecked(run, unlessUntold(stored, verifyRun(settled, stored)));
}

/** @throws InfrastructureError where a target did not tell all, unless what it told proves it wrong */
export function unlessUntold({ failure }: Stored, verification: Verification): Verification {
  if (failure !== undefined && verification.verdict !== 'invalid') throw failure;
  return verification;
}

/** @throws UsageError `run_is_gone` where one of a run's batches is not among those that are there */
export function requireBatches(run: KeptRun, there: readonly string[]): void {
  const known = new Set(there);
  const gone = run.header.batches.filter(({ batchId }) => !known.has(batchId)).length;
  if (gone > 0) throw runIsGone(run, gone);
}

/** What is said of a run whose batches are not there. */
export function runIsGone({ header: { runId, batches } }: KeptRun, gone: number): UsageError {
  return new UsageError(
    'run_is_gone',
    `${gone} of the ${batches.length} batches of run ${runId} are not in the database; accepted: a run that was made with --keep, or --history-only`,
  );
}

/** What the oracles are asked about a kept run. */
export function toVerify({ header, ...run }: KeptRun): RunToVerify {
  const { batches, startMicros, promises, places } = header;
  const slots = new Map(batches.map((batch) => [batch.batchId, batch.slots]));
  return {
    ...{ batchIds: [...slots.keys()], slotsOf: (batchId) => slots.get(batchId) ?? 0 },
    ...{ ...run, terms: { promises, places }, startMicros },
  };
}

/** What was found of a kept run. */
export function toChecked({ header, calls }: KeptRun, verification: Verification): CheckedBatches {
  const { runId, batches } = header;
  return { ...verification, runId, batches: batches.length, calls: calls.length };
}

/** What `verify` says of all that it checked. */
export function toReport(checked: readonly CheckedBatches[]): VerificationReport {
  return { verdict: worstVerdict(checked), checked };
}

/** What is under way in other sessions may look unfinished. */
export async function whyUnsettled({ pool }: Database): Promise<string | undefined> {
  const sessions = await withClient(pool, countActiveSessions);
  if (sessions === 0) return undefined;
  return `other sessions are at work in this database: ${sessions}; what they have under way may look unfinished`;
}
