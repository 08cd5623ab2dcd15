import { escapeInvisible, quote } from '../base/wording.js';
import { comparableOf } from '../baseline/environment.js';
import { readBaseline } from '../baseline/read-baseline.js';
import { shapeDifferences } from '../baseline/shape.js';
import { environmentDifferences } from '../compare/environment.js';
import { regressionChecks } from '../compare/regressions.js';
import type { Baseline, BaselineRow } from '../domain/baseline.js';
import { UsageError } from '../domain/errors.js';
import { rowName } from '../domain/rows.js';
import type { Report, RunResult } from '../domain/run-result.js';
import type { Scenario } from '../domain/scenario.js';
import type { Database } from './database.js';
import { environmentOf } from './environment.js';
import type { Target } from '../target/target.js';

export { renderBaseline } from '../baseline/render-baseline.js';

/** Which earlier result is compared with. */
export interface BaselineChoice {
  readonly path: string;
  /** Whether what was measured otherwise is compared all the same, with a warning. */
  readonly anyway: boolean;
}

/** An earlier result to compare with, and what makes that doubtful. */
export interface Reference extends BaselineChoice {
  readonly baseline: Baseline;
  readonly warnings: readonly string[];
}

/**
 * Reads a baseline and checks that the scenarios about to run are those it was measured with.
 *
 * @param choices of the loads: what each scenario that is no burst runs under
 * @throws UsageError when the file is refused, nothing can be compared, or a scenario differs
 */
export async function openReference(
  choice: BaselineChoice,
  scenarios: readonly Scenario[],
  targets: readonly Target[],
): Promise<Reference> {
  const baseline = await readBaseline(choice.path);
  const loads = scenarios.filter(({ arrival }) => arrival !== 'burst');
  if (loads.length === 0) {
    throw refusal(choice, 'only loads are compared with it, and bursts run; accepted: --scenario sustained');
  }
  const wanted = loads.flatMap((scenario) => targets.map((target) => ({ scenario, target })));
  const rows = wanted.map((each) => findRow(baseline.rows, each));
  const missing = wanted
    .filter((_, at) => rows[at] === undefined)
    .map((each) => `${nameOf(each)} is not in it`);
  if (missing.length === wanted.length) throw refusal(choice, missing[0] ?? '');
  const differences = loads.flatMap((scenario) => {
    const row = rows.find((each) => each?.scenario === scenario.name);
    return row === undefined ? [] : shapeDifferences(scenario, row.shape);
  });
  refuseUnlessAnyway(choice, differences);
  return { ...choice, baseline, warnings: [...missing, ...differences].map(ofBaseline) };
}

/**
 * Checks that server and machine are comparable with those of the baseline, once there is a connection.
 *
 * @returns the reference with warnings about what differs
 * @throws UsageError `baseline_mismatch`
 */
export async function checkSurroundings(
  database: Database,
  reference: Reference | undefined,
): Promise<Reference | undefined> {
  if (reference === undefined) return undefined;
  const now = await environmentOf(database);
  const then = reference.baseline.environment;
  refuseUnlessAnyway(reference, environmentDifferences(comparableOf(now), comparableOf(then)));
  const differences = environmentDifferences(now, then).map(ofBaseline);
  return { ...reference, warnings: [...reference.warnings, ...differences] };
}

/** What runs say against an earlier result; nothing where there is none. */
export function againstBaseline(
  runs: readonly RunResult[],
  reference: Reference | undefined,
): Pick<Report, 'baseline'> {
  if (reference === undefined) return {};
  const { baseline, warnings } = reference;
  const { measuredAt, rows } = baseline;
  return { baseline: { measuredAt, checks: regressionChecks(runs, rows), warnings } };
}

interface Wanted {
  readonly target: Target;
  readonly scenario: Scenario;
}

function findRow(rows: readonly BaselineRow[], wanted: Wanted): BaselineRow | undefined {
  const { scenario, target } = wanted;
  return rows.find(
    (row) =>
      row.scenario === scenario.name &&
      row.strategy === target.name &&
      row.advisoryLocks === target.advisoryLocks,
  );
}

function nameOf({ scenario, target: { name, advisoryLocks } }: Wanted): string {
  return rowName({ scenario: scenario.name, strategy: name, advisoryLocks });
}

function ofBaseline(difference: string): string {
  return `baseline: ${escapeInvisible(difference)}`;
}

function refuseUnlessAnyway(choice: BaselineChoice, [first]: readonly string[]): void {
  if (first === undefined || choice.anyway) return;
  throw refusal(choice, `${escapeInvisible(first)}; --baseline-anyway compares all the same`);
}

function refusal({ path }: BaselineChoice, problem: string): UsageError {
  return new UsageError('baseline_mismatch', `--baseline ${quote(path)}: ${problem}`);
}
