import { randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import { analyzeTables, deleteRuns, registerBatches, type Analysis } from '../batches/register.js';
import { batchTotals } from '../batches/status.js';
import { readServerSettings } from '../database/environment.js';
import { databaseFailure } from '../database/failure.js';
import { failureReason } from '../database/pool.js';
import { awaitQuiescence } from '../database/quiescence.js';
import { transaction } from '../database/session.js';
import type { FaultResult } from '../domain/fault.js';
import type { RunResult } from '../domain/run-result.js';
import type { RunWatch } from '../domain/run-watch.js';
import type { Scenario, WorkloadPlan } from '../domain/scenario.js';
import type { HistoryFile, RunHeader } from '../history/history-file.js';
import type { WorkerFleet } from '../runner/fleet.js';
import { planWorkload } from '../scenario/plan.js';
import { verifyRun } from '../verify/verify-run.js';
import { inTransaction, withClient, type Database } from './database.js';
import { putLoad, type FinishedLoad, type RunNames } from './put-load.js';
import { toRunResult } from './run-result.js';
import { timeoutNotes } from './server-timeouts.js';
import { inventoryOf, type StrategyChoice } from './strategies.js';
import { warmUpBatches, type WarmUpBatch } from './warm-up-batches.js';

/** One scenario under one strategy, once. */
export interface RunJob extends StrategyChoice {
  readonly scenario: Scenario;
  readonly round: number;
  readonly seed: number;
  /** Leave the run's batches in the database. */
  readonly keep: boolean;
  /** Deadline of one call. */
  readonly timeoutMs: number;
  /** Keeps the run's calls. */
  readonly history?: HistoryFile | undefined;
  /** Hears the load while it runs. */
  readonly watch?: RunWatch | undefined;
}

/** After the workers ended, their backends get this long to end too. */
const QUIESCENCE_DEADLINE_MS = 2_000;

/**
 * Registers batches, puts the load on them, waits until the run is quiet, verifies, judges the gates, and removes
 * what the run made.
 *
 * @param fleet the worker processes, kept for the next run
 * @param stop ends the load early; the result is of what was done until then
 * @throws InfrastructureError when a worker died or the database went away, and the reason of a stop that came before
 *   the load; the run's rows are removed
 */
export async function executeRun(
  database: Database,
  fleet: WorkerFleet,
  job: RunJob,
  stop: AbortSignal,
): Promise<RunResult> {
  const plan = planWorkload(job.scenario, newRunId(), job.seed);
  let result: RunResult;
  try {
    result = await carryOut(database, fleet, job, plan, stop);
  } catch (error) {
    // Why the run failed is what counts, whatever becomes of its rows.
    await cleanUp(database, plan.runId, job.keep).catch(() => undefined);
    throw error;
  }
  const left = await cleanUp(database, plan.runId, job.keep);
  return { ...result, notes: [...result.notes, ...left] };
}

async function carryOut(
  database: Database,
  fleet: WorkerFleet,
  job: RunJob,
  plan: WorkloadPlan,
  stop: AbortSignal,
): Promise<RunResult> {
  const warmUp = warmUpBatches(job.strategy, plan);
  const analysis = await registerRun(database, job, plan, warmUp, stop);
  const load = await putLoad(database, fleet, job, plan, namesOf(plan.runId, warmUp), stop);
  await quiesce(database, plan.runId);
  const timeouts = await timeoutNotes(database, load.recording, job.timeoutMs);
  const result = await judge(database, job, plan, load);
  return { ...result, notes: [...result.notes, ...STATISTICS_NOTES[analysis], ...timeouts] };
}

const STATISTICS_NOTES: Record<Analysis, readonly string[]> = {
  done: [],
  forbidden: [
    'the role may not ANALYZE the tables (an owner may; from PostgreSQL 17 on setup --grant lets it): plans rest on the ' +
      'statistics that autovacuum made',
  ],
  locked: ['another session held tables that were to be analyzed: plans rest on older statistics'],
};

/** Sorts by time, and two runs of the same instant differ. */
function newRunId(): string {
  return `r${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;
}

function warmUpRunId(runId: string): string {
  return `${runId}-warm-up`;
}

function applicationNameOf(runId: string): string {
  return `els-assign ${runId}`;
}

function namesOf(runId: string, warmUp: readonly WarmUpBatch[]): RunNames {
  const ids = warmUp.map(({ inventory, batchId }) => [inventory, batchId] as const);
  return { applicationName: applicationNameOf(runId), warmUpBatchIds: Object.fromEntries(ids) };
}

/** @returns whether the planner has fresh statistics of what was registered */
function registerRun(
  { pool }: Database,
  { strategy, watch }: RunJob,
  plan: WorkloadPlan,
  warmUp: readonly WarmUpBatch[],
  stop: AbortSignal,
): Promise<Analysis> {
  const { runId, batchIds, scenario } = plan;
  const batches = { runId, batchIds, slots: scenario.slots, inventory: inventoryOf(strategy) };
  const listener = watch?.(plan);
  const control = { onProgress: listener?.registered, signal: stop };
  return inTransaction(pool, async (client) => {
    await registerBatches(client, { ...batches, strategy: strategy.name }, control);
    for (const { batchId, inventory, slots } of warmUp) {
      const batch = { runId: warmUpRunId(runId), batchIds: [batchId], inventory, slots };
      await registerBatches(client, { ...batch, strategy: strategy.name });
    }
    return analyzeTables(client);
  }).finally(() => listener?.ended());
}

function quiesce({ pool, pooling }: Database, runId: string): Promise<number> {
  const run = { applicationName: `${applicationNameOf(runId)}/`, pooled: pooling !== 'none' };
  return withClient(pool, (client) => awaitQuiescence(client, run, QUIESCENCE_DEADLINE_MS));
}

function judge({ pool }: Database, job: RunJob, plan: WorkloadPlan, load: FinishedLoad): Promise<RunResult> {
  return withClient(pool, async (client) => {
    await transaction(client, () => analyzeTables(client));
    const { slots } = plan.scenario;
    const calls = [...load.recording.calls, ...load.redelivered];
    const { startMicros, incomplete } = load.recording;
    const { faults } = load;
    const durable = await keepsCommits(client, faults);
    const run = { batchIds: plan.batchIds, startMicros, faults, incomplete, durable };
    await job.history?.append(headerOf(job, plan, { ...run, slots }), calls);
    const verification = await verifyRun(client, { ...run, slotsOf: () => slots, calls });
    const totals = await transaction(client, () => batchTotals(client, plan.batchIds));
    return toRunResult({ job, plan, load, verification, totals });
  });
}

function headerOf(
  { strategy, advisoryLocks }: RunJob,
  { runId, scenario, seed }: WorkloadPlan,
  run: Pick<RunHeader, 'batchIds' | 'slots' | 'startMicros' | 'faults' | 'incomplete' | 'durable'>,
): RunHeader {
  return { runId, scenario: scenario.name, strategy: strategy.name, advisoryLocks, seed, ...run };
}

/** After a crash, acknowledged commits are a promise with fsync and synchronous_commit alone. */
async function keepsCommits(client: ClientBase, faults: readonly FaultResult[]): Promise<boolean> {
  if (!faults.some((fault) => fault.kind === 'restart-server')) return true;
  const { fsync, synchronousCommit } = await readServerSettings(client);
  return fsync === 'on' && synchronousCommit !== 'off';
}

/**
 * Removes a run's rows. A run that failed may have left backends that still write.
 *
 * @returns what the database kept from being removed, one line each
 */
async function cleanUp(database: Database, runId: string, keep: boolean): Promise<string[]> {
  const unwanted = keep ? [warmUpRunId(runId)] : [runId, warmUpRunId(runId)];
  try {
    await quiesce(database, runId);
    await withClient(database.pool, (client) => deleteRuns(client, database.schema, unwanted));
    return [];
  } catch (error) {
    const failure = databaseFailure(error);
    if (failure === undefined || !(error instanceof Error)) throw error;
    const isHeld = failure.kind === 'lock_timeout';
    const why = isHeld ? 'another session holds locks on them' : failureReason(database.target, error);
    return [`rows of run ${runId} are left: ${why}`];
  }
}
