import { fileURLToPath } from 'node:url';
import { didYouMean, quote } from '../base/wording.js';
import { checkDatabase, checkRun } from '../app/check-run.js';
import { withDatabase, withoutDatabase } from '../app/database.js';
import { parseGate, withGates } from '../app/gates.js';
import { jobsOf } from '../app/run-job.js';
import { executeRuns, type RunControl } from '../app/runs-to-report.js';
import { scenarioOf } from '../app/scenarios.js';
import { withPlaces } from '../app/target-places.js';
import { UsageError } from '../domain/errors.js';
import type { Report } from '../domain/run-result.js';
import type { Scenario, ScenarioOverrides } from '../domain/scenario.js';
import { createColours } from '../report/colours.js';
import { renderRuns } from '../report/terminal.js';
import { DEFAULT_TIMEOUT_MS, parseTimeout } from '../scenario/duration.js';
import { LOAD_FIELD_LIST } from '../scenario/fields.js';
import { drawSeed, parseSeed } from '../scenario/flag-values.js';
import { resolveTarget } from '../targets/resolve.js';
import type { RunTargetOptions, TargetResult } from './target-run.js';

const SCHEMA = 'els_assign';

/** Does what `runTarget` promises. */
export async function runOnce(file: URL | string, options: RunTargetOptions): Promise<TargetResult> {
  checkNames(options);
  const scenarios = [await scenarioIn(options)];
  const seed = options.seed === undefined ? drawSeed() : parseSeed(String(options.seed));
  const timeoutMs =
    options.timeoutMs === undefined ? DEFAULT_TIMEOUT_MS : parseTimeout(`${options.timeoutMs}ms`);
  const target = await resolveTarget(pathOf(file), false);
  checkRun(scenarios, target, { prepare: true });
  const jobs = jobsOf(scenarios, { target, keep: false, timeoutMs }, 1, seed);
  const where = { databaseUrl: options.databaseUrl, schema: SCHEMA, env: withoutDatabase(process.env) };
  const report = await withDatabase(where, async (found) => {
    const database = await checkDatabase(found, { scenarios, targets: [target], prepare: true });
    const opening = { onChecked: () => undefined, stop: QUIETLY.stop };
    return withPlaces(database, [target], opening, (places) => executeRuns(places, jobs, QUIETLY));
  });
  return resultOf(report);
}

/** Nobody is shown how it goes on; a process that ends takes its children with it. */
const QUIETLY: RunControl = {
  command: 'runTarget',
  onRun: () => undefined,
  stop: new AbortController().signal,
  allowInconclusive: false,
};

/** What is proven weighs more than a failure of the surroundings. */
function resultOf(report: Report): TargetResult {
  const [run] = report.runs;
  const { failure } = report;
  if (failure !== undefined && run?.verdict !== 'invalid') throw failure as Error & typeof failure;
  if (run === undefined) throw new Error('a run ended without a result');
  return { ...run, text: renderRuns(report, createColours({}, {})) };
}

function pathOf(file: URL | string): string {
  return file instanceof URL ? fileURLToPath(file) : file;
}

async function scenarioIn(options: RunTargetOptions): Promise<Scenario> {
  const { scenario: given, gates = [] } = options;
  if (typeof given !== 'string' && (typeof given !== 'object' || given === null)) {
    const accepted = 'a name, a file, or what a scenario file holds';
    throw new UsageError('invalid_scenario', `runTarget is given no scenario; accepted: ${accepted}`);
  }
  const scenario = await scenarioOf(given instanceof URL ? pathOf(given) : given, overridesIn(options));
  const [gated = scenario] = withGates(
    [scenario],
    gates.map((gate) => parseGate(gate).text),
  );
  return gated;
}

/** The fields of a load as flags would have given them, with what is said of them where they are wrong. */
function overridesIn(options: RunTargetOptions): ScenarioOverrides {
  const given = LOAD_FIELD_LIST.flatMap(([field, { scenario, flag }]) => {
    const value = (options as unknown as Readonly<Record<string, Given | readonly Given[] | undefined>>)[
      field
    ];
    if (value === undefined) return [];
    const parse = flag.parse as (text: string, earlier?: unknown) => unknown;
    const values: readonly Given[] = Array.isArray(value) && flag.repeats ? value : [[value].flat().join()];
    const read = values.reduce<unknown>((earlier, each) => parse(String(each), earlier), undefined);
    return read === undefined ? [] : [[scenario, read] as const];
  });
  return Object.fromEntries(given);
}

/** A value that a flag would give as text. */
type Given = string | number | boolean;

const OTHER_OPTIONS = ['scenario', 'gates', 'seed', 'timeoutMs', 'databaseUrl'];

/** @throws UsageError `unknown_option` */
function checkNames(options: RunTargetOptions): void {
  const names = [...LOAD_FIELD_LIST.map(([field]) => field), ...OTHER_OPTIONS];
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const problem = `runTarget has no option ${quote(unknown, 60)}${didYouMean(unknown, names)}`;
  throw new UsageError('unknown_option', `${problem}; accepted: ${names.join(', ')}`);
}
