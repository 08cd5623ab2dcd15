import type { ServerWork } from '../database/statement-statistics.js';
import type { Call } from '../domain/call.js';
import type { InfrastructureError } from '../domain/errors.js';
import type { Promises } from '../domain/promises.js';
import type { FaultResult } from '../domain/fault.js';
import type { BatchTotals, ClientCost, Outcomes, RunResult, Verdict } from '../domain/run-result.js';
import { slotsOfBatch } from '../domain/load.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { HalfWay } from '../target/weak-spots.js';
import type { Verification } from '../verify/verify-run.js';
import { expectedCounts, largestCall } from '../workload/plan.js';
import { outlastsDeliveries } from '../workload/schedule.js';
import type { FinishedLoad } from './finished-load.js';
import { openLoopResult } from './open-loop-result.js';
import { rolloutResult } from './rollout/rollout-result.js';
import type { RunJob } from './run-job.js';
import { runPlan } from './run-plan.js';
import type { ServerCost } from './server-meter.js';
import { judgeGates } from './run-gates.js';
import { isSuccess, settledCalls } from './settled-calls.js';

/** All that is known of a finished run. */
interface FinishedRun {
  readonly job: RunJob;
  readonly plan: WorkloadPlan;
  readonly load: FinishedLoad;
  readonly verification: Verification;
  /** Null where the database could not be asked. */
  readonly totals: BatchTotals | null;
  /** What of the surroundings failed. */
  readonly failure: InfrastructureError | undefined;
}

/** Puts a run's result together and judges its gates. */
export function toRunResult(run: FinishedRun): RunResult {
  const measured = measure(run);
  const { gates, notes: ofGates } = judgeGates(run.plan.scenario, run.job.target, measured);
  const { invariants, notAsked, notes } = run.verification;
  const verdict = verdictOf(run);
  return {
    ...measured,
    verdict,
    invariants,
    notAsked,
    notes: [...notes, ...notesOn(run), ...ofGates],
    gates,
    passed: verdict === 'valid' && gates.every((gate) => gate.passed),
  };
}

/** A step of a rollout that was not made proves nothing, nor does a run that the surroundings cut off. */
function verdictOf({ load, verification, failure }: FinishedRun): Verdict {
  const isWanting = failure !== undefined || (load.rollout?.missed ?? []).length > 0;
  return verification.verdict === 'valid' && isWanting ? 'unknown' : verification.verdict;
}

/** What faults left and the audits after the load no longer find. */
function repairsOf({ job, load, verification }: FinishedRun): RunResult['repairs'] {
  const left = (kind: keyof FaultResult['left']) =>
    load.faults.reduce((sum, fault) => sum + fault.left[kind], 0);
  const holds = (spot: HalfWay | undefined) =>
    verification.invariants.some(({ name, passed }) => name === spot?.audit && passed);
  const { betweenTransactions, beforeCompletion } = job.target.weakSpots;
  return {
    orphans: holds(betweenTransactions) ? left('orphans') : 0,
    completions: holds(beforeCompletion) ? left('uncompleted') : 0,
  };
}

type Judgement = 'verdict' | 'invariants' | 'notAsked' | 'notes' | 'gates' | 'passed';

function measure(run: FinishedRun): Omit<RunResult, Judgement> {
  const { job, plan, load, totals } = run;
  const { scenario, seed } = plan;
  const { name, workers, connections, durationMs } = scenario;
  const { recording, redelivered, server, faults } = load;
  const { counters } = recording;
  const calls = settledCalls(recording.calls, redelivered);
  const assignments = calls.length;
  return {
    scenario: name,
    strategy: job.target.name,
    advisoryLocks: job.target.advisoryLocks,
    workers,
    connections,
    round: job.round,
    complete: !load.stopped && run.failure === undefined,
    plan: runPlan(scenario, seed),
    assignments,
    expectedSuccesses:
      durationMs === undefined ? expectedCounts(scenario).successes : mostSuccesses(plan, calls),
    outcomes: countOutcomes(calls),
    ...holdersOf(calls, job.target.terms.promises),
    errorsByCode: countErrors(calls),
    retriesByCode: counters.retriesByCode,
    counters: counters.counts,
    faults,
    attempts: recording.calls.length + redelivered.length + sumOf(counters.retriesByCode),
    redeliveries: recording.calls.length + redelivered.length - assignments,
    warmUpCalls: counters.warmUpCalls,
    repairs: repairsOf(run),
    ...(load.rollout && { rollout: rolloutResult(job.target.name, load.rollout.switches, recording) }),
    batchTotals: totals,
    latencyMicros: recording.latencyMicros,
    serviceTimeMicros: recording.serviceTimeMicros,
    ...openLoopResult(plan, recording),
    latencyDistribution: recording.latencyDistribution,
    timeSeries: recording.timeSeries,
    durationMs: recording.durationMs,
    throughputPerSecond: assignments / (recording.durationMs / 1_000),
    cost: {
      roundTripsPerAssignment: (counters.roundTrips ?? load.roundTrips ?? NaN) / assignments,
      ...serverCost(server, assignments),
    },
    client: recording.client,
  };
}

function serverCost(
  server: ServerCost | undefined,
  assignments: number,
): Omit<RunResult['cost'], 'roundTripsPerAssignment'> {
  const { walBytes, work } = server ?? {};
  const each = (read: (work: ServerWork) => number) => (work === undefined ? null : read(work) / assignments);
  return {
    walBytesPerAssignment: walBytes === undefined ? null : walBytes / assignments,
    buffersHitPerAssignment: each((done) => done.buffersHit),
    buffersDirtiedPerAssignment: each((done) => done.buffersDirtied),
    serverExecutionMicrosPerAssignment: each((done) => done.executionMicros),
  };
}

/** Batch by batch, all calls that were made, but no more than its slots let succeed. */
function mostSuccesses({ scenario, batchIds }: WorkloadPlan, calls: readonly Call[]): number {
  const made = new Map<string, number>();
  for (const { batchId } of calls) made.set(batchId, (made.get(batchId) ?? 0) + 1);
  const mostOf = (batch: number) => slotsOfBatch(scenario, batch) * scenario.deliveries;
  return batchIds.reduce((sum, id, batch) => sum + Math.min(made.get(id) ?? 0, mostOf(batch)), 0);
}

/** Where every success tells whether the slot was given then, those that were created say it. */
function holdersOf(calls: readonly Call[], { idempotent }: Promises): Pick<RunResult, 'holders'> {
  if (!calls.some(({ outcome }) => outcome === 'assigned')) return {};
  const successes = calls.filter(isSuccess);
  if (!idempotent) return { holders: successes.length };
  return { holders: new Set(successes.map(({ contentId }) => contentId)).size };
}

function countOutcomes(calls: readonly Call[]): Outcomes {
  const counts = { created: 0, reused: 0, assigned: 0, noSlot: 0, error: 0, unknown: 0, recovered: 0 };
  for (const call of calls) {
    counts[call.outcome === 'no_slot' ? 'noSlot' : call.outcome] += 1;
    if (call.recovered) counts.recovered += 1;
  }
  return counts;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function countErrors(calls: readonly Call[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { errorCode } of calls) {
    if (errorCode !== null) counts.set(errorCode, (counts.get(errorCode) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** A worker with fewer CPUs than this was held up by others, and not by its own work. */
const OWN_CPU = 0.8;

function saturationNote({ busiestWorker, busiestWorkerCpus }: ClientCost): string {
  const busy = `a worker was never idle (busy ${Math.floor(busiestWorker * 100)} % of the time)`;
  return busiestWorkerCpus >= OWN_CPU
    ? `${busy}: the tool set the pace, not the server; give more --workers or fewer --connections`
    : `${busy} but got ${busiestWorkerCpus.toFixed(2)} of a CPU: tool and server compete for too few CPUs; ` +
        'give fewer --workers or --connections, or run the tool on another machine';
}

function notesOn(run: FinishedRun): string[] {
  const { job, plan, load } = run;
  const { recording } = load;
  const { bulk } = plan.scenario;
  const notes = [...failureNotes(run), ...missedSteps(run), ...endedEarlyNotes(run), ...load.notes];
  for (const [code, message] of Object.entries(recording.errorMessages)) {
    notes.push(`the first ${code}: ${message}`);
  }
  const { skipped } = recording;
  if (skipped > 0)
    notes.push(`${skipped} calls were never made: the latency limit had passed before they could start`);
  const largest = largestCall(plan.scenario);
  if (largest < bulk)
    notes.push(`no call was given more than ${largest} of bulk ${bulk}: a batch has no more`);
  if (recording.client.saturated) notes.push(saturationNote(recording.client));
  if (job.keep) notes.push(`kept run ${plan.runId}: batches ${plan.batchIds[0]} to ${plan.batchIds.at(-1)}`);
  return notes;
}

/** Of what ended a run before its time, where that is not said as the reason why calls are missing. */
function failureNotes({ failure, totals, load: { recording } }: FinishedRun): string[] {
  if (failure === undefined) return [];
  const isSaid = recording.incomplete.some((reason) => reason.includes(failure.message));
  const asked = totals === null ? ['the database was not asked: the verdict rests on the calls alone'] : [];
  return [...(isSaid ? [] : [failure.message]), ...asked];
}

/** Steps of a rollout for which the load was too short. */
function missedSteps({ load }: FinishedRun): string[] {
  return (load.rollout?.missed ?? []).map(
    ({ strategy, atMs }) =>
      `the rollout to ${strategy} at ${atMs} ms was not made: the contents had run out before`,
  );
}

/** What ended a load before its time, where something did: more contents than slots are no shortage of slots. */
function endedEarlyNotes({ plan, load: { recording }, totals }: FinishedRun): string[] {
  const { durationMs, arrival, contents } = plan.scenario;
  const ranOut = recording.ranOut && (arrival !== 'open' || outlastsDeliveries(plan));
  if (durationMs === undefined || !ranOut) return [];
  const after = `ran out after ${(recording.durationMs / 1_000).toFixed(1)} s of ${durationMs / 1_000} s`;
  const beyond = contents - expectedCounts(plan.scenario).created;
  if (beyond > 0)
    return [`the contents ${after}; ${beyond} of ${contents} are beyond the slots, as the scenario has it`];
  if (totals === null) return [`the contents or the slots ${after}`];
  return totals.available === 0
    ? [`the slots ${after}; give more --batches or --slots`]
    : [`the contents ${after}; give more --contents`];
}
