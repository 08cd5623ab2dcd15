import { randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import { analyzeTables, deleteRuns, registerBatches, type Analysis } from '../targets/els/batches/register.js';
import { recordRun, type RunningCommand } from '../runs/runs.js';
import { batchTotals } from '../targets/els/batches/status.js';
import { readServerSettings } from '../database/environment.js';
import { databaseFailure } from '../database/failure.js';
import { endedConnections, failureReason, surroundingsFailure } from '../database/pool.js';
import { transaction } from '../database/session.js';
import type { InfrastructureError } from '../domain/errors.js';
import type { FaultResult } from '../domain/fault.js';
import { BUILT_IN_TERMS } from '../domain/promises.js';
import type { BatchTotals, RunResult } from '../domain/run-result.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { RunHeader } from '../history/history-file.js';
import type { WorkerFleet } from '../runner/fleet.js';
import { verifyHistory, verifyRun, type RunToVerify, type Verification } from '../verify/verify-run.js';
import { planWorkload } from '../workload/plan.js';
import { attempt } from './attempt.js';
import { inTransaction, withClient, type Database } from './database.js';
import type { FinishedLoad } from './finished-load.js';
import { ForeignRows } from './foreign-rows.js';
import { putLoad, type RunNames } from './put-load.js';
import { applicationNameOf, quiesceRun } from './quiesce.js';
import { keepingHistory, RunHistory } from './run-history.js';
import type { RunJob } from './run-job.js';
import { toRunResult } from './run-result.js';
import { timeoutNotes } from './server-timeouts.js';
import { inventoryOf } from '../targets/els/strategies.js';
import { warmUpBatches, type WarmUpBatch } from './warm-up-batches.js';

/** What was measured of a run, and what kept it from its end. */
export interface ExecutedRun {
  readonly result: RunResult;
  readonly failure: InfrastructureError | undefined;
}

/**
 * Registers batches, puts the load on them, waits until the run is quiet, verifies, judges the gates, and removes
 * what the run made.
 *
 * @param fleet the worker processes, kept for the next run
 * @param stop ends the load early; the result is of what was done until then
 * @returns what was measured, also where the surroundings failed after the load was released: a worker died, or the
 *   database went away
 * @throws InfrastructureError when they failed before, and the reason of a stop that came before the load; the run's rows
 *   are removed
 */
export async function executeRun(
  database: Database,
  fleet: WorkerFleet,
  job: RunJob,
  stop: AbortSignal,
): Promise<ExecutedRun> {
  const plan = planWorkload(job.scenario, newRunId(), job.seed);
  let run: ExecutedRun;
  try {
    run = await carryOut(database, fleet, job, plan, stop);
  } catch (error) {
    // Why the run failed is what counts, whatever becomes of its rows.
    await cleanUp(database, plan.runId, job.keep).catch(() => undefined);
    throw error;
  }
  const left = await cleanUp(database, plan.runId, job.keep);
  return { ...run, result: { ...run.result, notes: [...run.result.notes, ...left] } };
}

async function carryOut(
  database: Database,
  fleet: WorkerFleet,
  job: RunJob,
  plan: WorkloadPlan,
  stop: AbortSignal,
): Promise<ExecutedRun> {
  const warmUp = warmUpBatches(job.strategy, plan);
  const analysis = await registerRun(database, job, plan, warmUp, stop);
  const foreignRows = await ForeignRows.watch(database, job.strategy);
  const durable = await withClient(database.pool, keepsCommits);
  const history = job.history && new RunHistory(job.history, (at) => headerOf(job, plan, at, durable));
  const listener = keepingHistory(job.watch?.(plan), history);
  const endedBefore = endedConnections(database.pool);
  const load = await putLoad(database, fleet, job, plan, namesOf(plan.runId, warmUp), listener, stop);
  const run = await toVerify(database, plan, load, endedBefore);
  const kept = await attempt(database.address, async () => history?.end(load.redelivered, run));
  const judgement = await judge(database, run, { job, plan, load, foreignRows });
  const failure = load.failure ?? judgement.failure;
  const result = toRunResult({ job, plan, load, ...judgement, failure });
  const keptNotes = kept.failure ? [kept.failure.message] : [];
  const notes = [...result.notes, ...STATISTICS_NOTES[analysis], ...judgement.notes, ...keptNotes];
  return { result: { ...result, notes }, failure: failure ?? kept.failure };
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

function namesOf(runId: string, warmUp: readonly WarmUpBatch[]): RunNames {
  const ids = warmUp.map(({ inventory, batchId }) => [inventory, batchId] as const);
  return { applicationName: applicationNameOf(runId), warmUpBatchIds: Object.fromEntries(ids) };
}

/** @returns whether the planner has fresh statistics of what was registered */
function registerRun(
  { pool }: Database,
  { strategy, keep, command, watch }: RunJob,
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
    if (command) await recordRuns(client, command, plan, { strategy: strategy.name, keep });
    return analyzeTables(client);
  }).finally(() => listener?.ended());
}

/** A run, and the one that its engines warm up on, which is removed in any case. */
async function recordRuns(
  client: ClientBase,
  command: RunningCommand,
  { runId, scenario }: WorkloadPlan,
  { strategy, keep }: { readonly strategy: string; readonly keep: boolean },
): Promise<void> {
  const run = { runId, strategy, scenario: scenario.name, keep, warmsUp: null };
  await recordRun(client, command, run);
  const warmUp = { runId: warmUpRunId(runId), keep: false, warmsUp: runId };
  await recordRun(client, command, { ...run, ...warmUp });
}

/** What the oracles are asked about a load. */
async function toVerify(
  database: Database,
  { batchIds, scenario: { slots } }: WorkloadPlan,
  { recording, redelivered, faults }: FinishedLoad,
  endedBefore: number,
): Promise<RunToVerify> {
  const { pool, address } = database;
  const { startMicros, incomplete } = recording;
  const calls = [...recording.calls, ...redelivered];
  const mayHaveCrashed = mayLoseCommits(faults) || mayHaveStartedAnew(database, endedBefore);
  const { value: durable = false } = mayHaveCrashed
    ? await attempt(address, () => withClient(pool, keepsCommits))
    : { value: true };
  return { batchIds, slotsOf: () => slots, calls, startMicros, faults, incomplete, durable };
}

/**
 * Whether the server may have crashed while a load ran: also when a single backend does, every connection ends with it, and
 * the coordinator's were there before. Behind a pooler nobody can tell.
 */
function mayHaveStartedAnew({ pool, pooling }: Database, endedBefore: number): boolean {
  return pooling !== 'none' || endedConnections(pool) > endedBefore;
}

/** After a crash, acknowledged commits are a promise with fsync and synchronous_commit alone. */
async function keepsCommits(client: ClientBase): Promise<boolean> {
  const { fsync, synchronousCommit } = await readServerSettings(client);
  return fsync === 'on' && synchronousCommit !== 'off';
}

/** What a server that is shut down at once had acknowledged may be gone. */
function mayLoseCommits(faults: readonly Pick<FaultResult, 'kind'>[]): boolean {
  return faults.some(({ kind }) => kind === 'restart-server');
}

/** Of a run whose file may be cut off: what a crash or a fault may take is no promise before the run has ended. */
function headerOf(
  { strategy, advisoryLocks }: RunJob,
  { runId, scenario, seed, batchIds }: WorkloadPlan,
  startMicros: number,
  keepsCommitsInCrash: boolean,
): RunHeader {
  const { name, slots, faults } = scenario;
  const durable = keepsCommitsInCrash && !mayLoseCommits(faults);
  return {
    ...{ runId, scenario: name, strategy: strategy.name, advisoryLocks, seed, ...BUILT_IN_TERMS },
    ...{ batches: batchIds.map((batchId) => ({ batchId, slots })), startMicros, durable },
  };
}

/** What the oracles say of a run. */
interface RunJudgement {
  readonly verification: Verification;
  /** Null where the database could not be asked. */
  readonly totals: BatchTotals | null;
  readonly notes: readonly string[];
  readonly failure?: InfrastructureError | undefined;
}

/** What a run's notes are made of. */
interface RunTraces {
  readonly job: RunJob;
  readonly plan: WorkloadPlan;
  readonly load: FinishedLoad;
  readonly foreignRows: ForeignRows;
}

/** Asks both oracles, or that of the history alone where the database cannot be asked. */
async function judge(database: Database, run: RunToVerify, traces: RunTraces): Promise<RunJudgement> {
  const { value, failure } = await attempt(database.address, () => askBoth(database, run, traces));
  return value ?? { verification: verifyHistory(run), totals: null, notes: [], failure };
}

async function askBoth(
  database: Database,
  run: RunToVerify,
  { job, plan, load, foreignRows }: RunTraces,
): Promise<RunJudgement> {
  await quiesceRun(database, plan.runId);
  const timeouts = await timeoutNotes(database, load.recording, job.timeoutMs);
  const notes = [...timeouts, ...(await foreignRows.notes())];
  return withClient(database.pool, async (client) => {
    await transaction(client, () => analyzeTables(client));
    const verification = await verifyRun(client, run);
    const totals = await transaction(client, () => batchTotals(client, run.batchIds));
    return { verification, totals, notes };
  });
}

/**
 * Removes a run's rows. A run that failed may have left backends that still write.
 *
 * @returns what the database kept from being removed, one line each
 */
async function cleanUp(database: Database, runId: string, keep: boolean): Promise<string[]> {
  const unwanted = keep ? [warmUpRunId(runId)] : [runId, warmUpRunId(runId)];
  try {
    await quiesceRun(database, runId);
    await withClient(database.pool, (client) => deleteRuns(client, database.schema, unwanted));
    return [];
  } catch (error) {
    return [`rows of run ${runId} are left: ${whyLeft(database, error)}`];
  }
}

/** @throws what is a defect of the program */
function whyLeft({ address }: Database, error: unknown): string {
  const { message } = surroundingsFailure(address, error);
  const failure = databaseFailure(error);
  if (failure?.kind === 'lock_timeout') return 'another session holds locks on them';
  return failure !== undefined && error instanceof Error ? failureReason(address, error) : message;
}
