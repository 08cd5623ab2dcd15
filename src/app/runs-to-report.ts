import { explainConnectFailure } from '../database/pool.js';
import { InfrastructureError } from '../domain/errors.js';
import type { LoadDisplay } from '../domain/load-view.js';
import type { Report, RunResult, StopSignal } from '../domain/run-result.js';
import { worstVerdict } from '../domain/verdict.js';
import { HistoryFile } from '../history/history-file.js';
import { WorkerFleet } from '../runner/fleet.js';
import type { Target } from '../target/target.js';
import { withPlaces, type Opening, type Places } from './target-places.js';
import type { Database } from './database.js';
import { environmentOf } from './environment.js';
import { checkBulk } from './check-capabilities.js';
import { executeRun } from './execute-run.js';
import { watchFor } from './load-monitor.js';
import type { RunJob } from './run-job.js';
import { whileAtWorkIn } from './held-runs.js';
import { verdictPasses } from './verdicts.js';

/** Creates the file that keeps every call of the runs. */
export const createHistory: typeof HistoryFile.create = (...args) => HistoryFile.create(...args);

/** Told before each run, so that somebody can show progress. */
export type OnRun = (job: RunJob, position: number, total: number) => void;

/** How a sequence of runs is called, watched and stopped. */
export interface RunControl {
  /** As the command line calls it: what the runs are recorded under. */
  readonly command: string;
  readonly onRun: OnRun;
  /** Shows every load while it runs. */
  readonly display?: LoadDisplay | undefined;
  /** Its reason is the signal. */
  readonly stop: AbortSignal;
  /** Whether a verdict `unknown` passes. */
  readonly allowInconclusive: boolean;
}

/** What the finished runs say together, at least one of them. */
export type SumUp = (
  runs: readonly RunResult[],
) => Pick<Report, 'comparison' | 'sweep' | 'rollout' | 'baseline'>;

/** What a report is to be made of. */
export interface Reported extends Opening {
  readonly targets: readonly Target[];
  readonly plannedRuns: number;
}

/**
 * Opens the places of targets and has runs executed there. A stop that comes before the first of them is reported as one
 * that comes later.
 *
 * @throws as `withPlaces`, but no stop
 */
export async function reportAtPlaces(
  database: Database,
  { targets, plannedRuns, ...opening }: Reported,
  work: (places: Places) => Promise<Report>,
): Promise<Report> {
  const { stop } = opening;
  try {
    return await withPlaces(database, targets, opening, work);
  } catch (error) {
    if (!stop.aborted || error !== stop.reason) throw error;
    const interrupted = stop.reason as StopSignal;
    const nothing = { runs: [], plannedRuns, verdict: worstVerdict([]), passed: false } as const;
    return { environment: await environmentOf(database), ...nothing, interrupted };
  }
}

/**
 * Executes runs one after the other; a signal or a failure of the surroundings ends the sequence with what was
 * measured until then.
 *
 * @param places of the targets of all jobs
 * @param sumUp makes what is said of the finished runs together
 * @throws UsageError `bulk_unsupported` where a target, now that it is open, is seen not to make many calls at once
 */
export async function executeRuns(
  places: Places,
  jobs: readonly RunJob[],
  control: RunControl,
  sumUp: SumUp = () => ({}),
): Promise<Report> {
  for (const { scenario, target } of jobs) {
    checkBulk([scenario], [{ name: target.name, lacks: places.of(target).lacks }]);
  }
  const environment = await environmentOf(places.main);
  const { runs, failure } = await executeAtWork(places, jobs, control);
  const verdict = worstVerdict(runs);
  const summary = runs.length > 0 ? sumUp(runs) : {};
  const interrupted = control.stop.aborted ? (control.stop.reason as StopSignal) : undefined;
  const complete = failure === undefined && interrupted === undefined;
  const checks = [...(summary.comparison?.checks ?? []), ...(summary.baseline?.checks ?? [])];
  const passed = complete && runs.every(passes(control)) && checks.every(checkPasses(control));
  return { environment, runs, plannedRuns: jobs.length, ...summary, verdict, passed, interrupted, failure };
}

interface Executed {
  readonly runs: RunResult[];
  readonly failure?: InfrastructureError;
}

function executeAtWork(places: Places, jobs: readonly RunJob[], control: RunControl): Promise<Executed> {
  return whileAtWorkIn(places.databases, control.command, (command) =>
    executeInTurn(
      places,
      jobs.map((job) => ({ ...job, command })),
      control,
    ),
  );
}

async function executeInTurn(
  places: Places,
  jobs: readonly RunJob[],
  { onRun, display, stop }: RunControl,
): Promise<Executed> {
  const runs: RunResult[] = [];
  const fleet = new WorkerFleet();
  const watch = display && watchFor(display);
  try {
    for (const [position, job] of jobs.entries()) {
      if (stop.aborted) break;
      onRun(job, position, jobs.length);
      const { result, failure } = await executeRun(places.of(job.target), fleet, { ...job, watch }, stop);
      if (result.assignments > 0) runs.push(result);
      else if (!stop.aborted) return { runs, failure: failure ?? noCall(job) };
      if (failure !== undefined) return { runs, failure };
    }
    return { runs };
  } catch (error) {
    if (stop.aborted && error === stop.reason) return { runs };
    const failure = explainConnectFailure(places.main.address, error);
    if (failure instanceof InfrastructureError) return { runs, failure };
    throw error;
  } finally {
    await fleet.close();
  }
}

/** A load without a call shows nothing; it must not pass. */
function noCall({ scenario, target }: RunJob): InfrastructureError {
  const message = `${scenario.name} · ${target.name} made no call: none was due in its time, or all were skipped`;
  return new InfrastructureError(
    'no_call',
    `${message}; give a higher --rate, a longer --duration or --latency-limit`,
  );
}

function passes({ allowInconclusive }: RunControl): (run: RunResult) => boolean {
  return (run) => run.gates.every((gate) => gate.passed) && verdictPasses(run.verdict, allowInconclusive);
}

function checkPasses({ allowInconclusive }: RunControl): (check: { result: string }) => boolean {
  return ({ result }) => result === 'passed' || (allowInconclusive && result === 'inconclusive');
}
