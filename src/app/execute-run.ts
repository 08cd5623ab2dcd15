import { randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import { readServerSettings } from '../database/environment.js';
import { databaseFailure } from '../database/failure.js';
import { endedConnections, failureReason, surroundingsFailure } from '../database/pool.js';
import { InfrastructureError } from '../domain/errors.js';
import { MALFORMED_ANSWER } from '../target/answers.js';
import type { Target } from '../target/target.js';
import { losesConnections, type FaultResult } from '../domain/fault.js';
import type { BatchTotals, RunResult } from '../domain/run-result.js';
import { slotsOfBatch } from '../domain/load.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { RunHeader } from '../history/history-file.js';
import type { BatchGroup, Host, Registered, Stored } from '../target/host.js';
import { rolledOut } from '../targets/resolve.js';
import type { WorkerFleet } from '../runner/fleet.js';
import { verifyHistory, verifyRun, type RunToVerify, type Verification } from '../verify/verify-run.js';
import { contentIdsOf, planWorkload } from '../workload/plan.js';
import { attempt } from './attempt.js';
import type { Database } from './database.js';
import { analyzeDatabase } from '../database/target-database.js';
import { withClient } from '../database/on-pool.js';
import type { FinishedLoad } from './finished-load.js';
import { ForeignRows } from './foreign-rows.js';
import { putLoad, type RunNames } from './put-load.js';
import { applicationNameOf, quiesceRun, whyNotQuiet } from './quiesce.js';
import { keepingHistory, RunHistory } from './run-history.js';
import type { RunJob } from './run-job.js';
import { toRunResult } from './run-result.js';
import { timeoutNotes } from './server-timeouts.js';
import type { TargetPlace } from './target-places.js';
import { warmUpBatches, warmUpRunId } from './warm-up-batches.js';

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
  place: TargetPlace,
  fleet: WorkerFleet,
  job: RunJob,
  stop: AbortSignal,
): Promise<ExecutedRun> {
  const plan = planWorkload(job.scenario, newRunId(), job.seed, job.target.ids);
  let run: ExecutedRun;
  try {
    run = await carryOut(place, fleet, job, plan, stop);
  } catch (error) {
    const { notes } = await cleanUp(place, job, plan.runId);
    throw withLeft(error, stop, notes);
  }
  const { notes, failure } = await cleanUp(place, job, plan.runId);
  const result = { ...run.result, notes: [...run.result.notes, ...notes] };
  return { result, failure: run.failure ?? failure };
}

async function carryOut(
  { database, host }: TargetPlace,
  fleet: WorkerFleet,
  job: RunJob,
  plan: WorkloadPlan,
  stop: AbortSignal,
): Promise<ExecutedRun> {
  const { target } = job;
  const steps = rolledOut(plan.scenario, target);
  const warmUp = warmUpBatches([target, ...steps.map((step) => step.target)], plan);
  const registered = await registerRun(host, job, plan, warmUp, stop);
  if (target.hasOwnSchema && database.embedded) await withClient(database.pool, analyzeDatabase);
  const foreignRows = await ForeignRows.watch(database, target);
  const durable = await withClient(database.pool, keepsCommits);
  const history = job.history && new RunHistory(job.history, (at) => headerOf(job, plan, at, durable));
  const listener = keepingHistory(job.watch?.(plan), history);
  const endedBefore = endedConnections(database.pool);
  const load = await putLoad(
    database,
    fleet,
    job,
    plan,
    namesOf(plan.runId, warmUp, registered),
    listener,
    stop,
  );
  const observed = await toVerify(database, job, plan, load, endedBefore);
  const run = { ...observed, slotIds: registered.slotIds, closing: load.closing };
  const kept = await attempt(database.address, async () => history?.end(load.redelivered, load.closing, run));
  const judgement = await judge(database, run, { job, plan, load, foreignRows, host });
  const failure = load.failure ?? judgement.failure ?? malformedAnswer(target, load);
  const result = toRunResult({ job, plan, load, ...judgement, failure });
  const keptNotes = kept.failure ? [kept.failure.message] : [];
  const notes = [...result.notes, ...registered.notes, ...judgement.notes, ...keptNotes];
  return { result: { ...result, notes }, failure: failure ?? kept.failure };
}

/** An answer that does not fit its target's terms makes the rest doubtful: the call may have happened. */
function malformedAnswer({ name }: Target, { malformed }: FinishedLoad): InfrastructureError | undefined {
  return malformed === undefined
    ? undefined
    : new InfrastructureError(MALFORMED_ANSWER, `target ${name}: ${malformed}`);
}

/** Sorts by time, and two runs of the same instant differ. */
function newRunId(): string {
  return `r${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;
}

function namesOf(runId: string, warmUp: readonly BatchGroup[], { refs }: Registered): RunNames {
  const warmUpBatches = warmUp.flatMap(({ batchIds, form }) =>
    batchIds.map((batchId) => ({ batchId, form })),
  );
  return { applicationName: applicationNameOf(runId), warmUpBatches, refs };
}

/** Registers the run's batches and those that its instances warm up on, which are removed in any case. */
function registerRun(
  host: Host,
  { target, keep, command, watch }: RunJob,
  plan: WorkloadPlan,
  warmUp: readonly BatchGroup[],
  stop: AbortSignal,
): Promise<Registered> {
  const { runId, scenario } = plan;
  const listener = watch?.(plan);
  const stays = target.lacks.remove !== undefined;
  const run = { runId, strategy: target.name, scenario: scenario.name, keep: keep || stays, warmsUp: null };
  const ofWarmUp = { ...run, runId: warmUpRunId(runId), keep: stays, warmsUp: runId };
  const [form] = target.forms;
  const registration = {
    groups: [...groupsOf(plan, form), ...warmUp],
    ...{ strategy: target.name, command },
    records: warmUp.length > 0 ? [run, ofWarmUp] : [run],
  };
  const control = { onProgress: listener?.registered, signal: stop };
  return host.register(registration, control).finally(() => listener?.ended());
}

/** The batches of a plan, those with as many slots together. */
function groupsOf(plan: WorkloadPlan, form: string): BatchGroup[] {
  const { runId, batchIds, scenario } = plan;
  const bySlots = new Map<number, number[]>();
  for (const batch of batchIds.keys()) {
    const slots = slotsOfBatch(scenario, batch);
    const alike = bySlots.get(slots);
    if (alike) alike.push(batch);
    else bySlots.set(slots, [batch]);
  }
  return [...bySlots].map(([slots, batches]) => ({
    ...{ runId, form, slots, batchIds: batches.map((batch) => batchIds[batch] ?? '') },
    contentIdsOf: (position) => contentIdsOf(plan, batches[position] ?? NaN),
  }));
}

/** What the oracles are asked about a load. */
async function toVerify(
  database: Database,
  { target: { terms, hasOwnSchema } }: RunJob,
  { batchIds, scenario }: WorkloadPlan,
  { recording, redelivered, faults }: FinishedLoad,
  endedBefore: number,
): Promise<RunToVerify> {
  const { pool, address } = database;
  const { startMicros, incomplete } = recording;
  const calls = [...recording.calls, ...redelivered];
  const slots = new Map(batchIds.map((batchId, batch) => [batchId, slotsOfBatch(scenario, batch)]));
  const slotsOf = (batchId: string) => slots.get(batchId) ?? 0;
  const mayHaveCrashed = mayLoseCommits(faults) || mayHaveStartedAnew(database, endedBefore);
  const { value: durable = false } = mayHaveCrashed
    ? await attempt(address, () => withClient(pool, keepsCommits))
    : { value: true };
  // What a driver of the target's own sends again after its connection was lost, nobody tells.
  const retriesUntold = hasOwnSchema && (mayHaveCrashed || faults.some(losesConnections));
  return { terms, batchIds, slotsOf, calls, startMicros, faults, incomplete, durable, retriesUntold };
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
  { target: { name: strategy, terms, advisoryLocks, hasOwnSchema } }: RunJob,
  { runId, scenario, seed, batchIds }: WorkloadPlan,
  startMicros: number,
  keepsCommitsInCrash: boolean,
): RunHeader {
  const { name, faults } = scenario;
  const batches = batchIds.map((batchId, batch) => ({ batchId, slots: slotsOfBatch(scenario, batch) }));
  const durable = keepsCommitsInCrash && !mayLoseCommits(faults);
  return {
    ...{ runId, scenario: name, strategy, advisoryLocks, seed, ...terms },
    target: { ...terms.target, ...(hasOwnSchema && { hasOwnSchema }) },
    ...{ batches, startMicros, durable },
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
  readonly host: Host;
}

/** Asks both oracles, or that of the history alone where the database cannot be asked. */
async function judge(database: Database, run: RunToVerify, traces: RunTraces): Promise<RunJudgement> {
  const { value, failure } = await attempt(database.address, () => askBoth(database, run, traces));
  return value ?? { verification: verifyHistory(run), totals: null, notes: [], failure };
}

async function askBoth(
  database: Database,
  run: RunToVerify,
  { job, plan, load, foreignRows, host }: RunTraces,
): Promise<RunJudgement> {
  await quiesceRun(database, plan.runId);
  const notQuiet = job.target.hasOwnSchema ? await whyNotQuiet(database) : undefined;
  const timeouts = await timeoutNotes(database, load.recording, job.timeoutMs);
  const notes = [...timeouts, ...(await foreignRows.notes())];
  const stored = await host.read(run.batchIds, { rightAfterRun: true });
  const totals = { ...placesTaken(run, stored), ...(await host.countOf(run.batchIds)) };
  const { failure } = stored;
  return { verification: verifyRun({ ...run, notQuiet }, stored), totals, notes, failure };
}

/** How many slots or places are taken and how many are left, where the target tells its assignments. */
function placesTaken(
  { batchIds, slotsOf }: RunToVerify,
  { assignments }: Stored,
): { readonly taken?: number; readonly available?: number } {
  if (assignments === undefined) return {};
  const slots = batchIds.reduce((sum, batchId) => sum + slotsOf(batchId), 0);
  return { taken: assignments.length, available: Math.max(0, slots - assignments.length) };
}

/**
 * Removes a run's rows. A run that failed may have left backends that still write; where code of the user's may, nothing is
 * removed, for what it commits afterwards would be recorded nowhere.
 *
 * @returns what was not removed and why, one line each, and the failure where the target's own code is why
 */
async function cleanUp(
  { database, host }: TargetPlace,
  { keep, target }: RunJob,
  runId: string,
): Promise<CleanUp> {
  const left = (note: string, failure?: InfrastructureError) => ({ notes: [note], failure });
  const { remove: cannotRemove } = target.lacks;
  const unwanted = keep ? [warmUpRunId(runId)] : [runId, warmUpRunId(runId)];
  try {
    await quiesceRun(database, runId);
    if (cannotRemove) return left(`batches of run ${runId} are left: ${target.name} ${cannotRemove}`);
    const notQuiet = target.hasOwnSchema ? await whyNotQuiet(database) : undefined;
    if (notQuiet !== undefined)
      return left(`batches of run ${runId} are left for els-assign clean: ${notQuiet}`);
    await host.remove(unwanted);
    return { notes: [] };
  } catch (error) {
    const note = `rows of run ${runId} are left: ${whyLeft(database, error)}`;
    const ofTarget = error instanceof InfrastructureError && TARGET_FAILURES.has(error.code);
    return left(note, ofTarget ? new InfrastructureError(error.code, note, { cause: error }) : undefined);
  }
}

/** What is said where the code of a target is why something failed. */
const TARGET_FAILURES: ReadonlySet<string> = new Set(['target_failed', 'target_hung']);

/** What a run leaves behind. */
interface CleanUp {
  readonly notes: readonly string[];
  readonly failure?: InfrastructureError | undefined;
}

/** Why a run failed, with what of its rows is left and has not been said yet. */
function withLeft(error: unknown, { reason }: AbortSignal, notes: readonly string[]): unknown {
  const said = error instanceof Error ? error.message : '';
  const left = notes.filter((note) => said === '' || !note.includes(said)).join('; ');
  if (left === '') return error;
  if (error === reason) return new InfrastructureError('rows_left', left);
  if (!(error instanceof InfrastructureError)) return error;
  return new InfrastructureError(error.code, `${said}; ${left}`, { cause: error });
}

/** @throws what is a defect of the program */
function whyLeft({ address }: Database, error: unknown): string {
  const { message } = surroundingsFailure(address, error);
  const failure = databaseFailure(error);
  if (failure?.kind === 'lock_timeout') return 'another session holds locks on them';
  return failure !== undefined && error instanceof Error ? failureReason(address, error) : message;
}
