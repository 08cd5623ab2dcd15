import { describeGiven } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import type { Scenario, ScenarioOverrides } from '../domain/scenario.js';
import type { SweptParameter } from '../domain/sweep.js';
import { DURATION_ACCEPTED, isRunTime } from './duration.js';
import { flagOf, LOAD_FIELD_LIST } from './fields.js';
import { readScenarioFile } from './load.js';
import { withOpenLoop } from './open-loop.js';
import { throughWire, toScenario } from './resolve.js';
import { brokenRolloutRule } from './rollout.js';
import { brokenRule } from './rules.js';
import type { ScenarioFile } from './schema.js';

type Counts = Partial<Record<SweptParameter, number>>;

/**
 * A scenario with the counts that flags gave. Where neither file nor flags say `contents`, there is one
 * content for every slot of the resulting shape.
 *
 * @param nameOrFile a built-in name, or the path of a scenario file
 * @throws UsageError as `loadScenario`, or `invalid_override`: one line that names the flag
 */
export async function resolveScenario(nameOrFile: string, overrides: ScenarioOverrides): Promise<Scenario> {
  return applyOverrides(await readScenarioFile(nameOrFile), overrides);
}

/**
 * Like `resolveScenario` for each of several, in their order, except that a duration is not given to the
 * bursts among them and refused only where there is nothing else.
 *
 * @throws UsageError as `resolveScenario`, or `duplicate_scenario`
 */
export async function resolveScenarios(
  namesOrFiles: readonly string[],
  overrides: ScenarioOverrides,
): Promise<Scenario[]> {
  const files: ScenarioFile[] = [];
  for (const nameOrFile of namesOrFiles) files.push(await readScenarioFile(nameOrFile));
  checkNames(files);
  const staysBurst = (file: ScenarioFile) => isBurst(file) && overrides.rate === undefined;
  const forBursts = files.every(staysBurst) ? overrides : { ...overrides, durationMs: undefined };
  return files.map((file) => applyOverrides(file, staysBurst(file) ? forBursts : overrides));
}

/**
 * Puts what flags gave in place of what a scenario file says, by the same rules.
 *
 * @param overrides counts, faults, what makes an open loop, and `durationMs` in milliseconds for a closed or open one
 * @throws UsageError `invalid_override`, one line that names the flag
 */
export function applyOverrides(file: ScenarioFile, overrides: ScenarioOverrides): Scenario {
  const changed = { ...withOpenLoop(file, overrides), ...checkedCounts(overrides) };
  const refuse = (broken: string | undefined): void => {
    if (broken === undefined) return;
    throw new UsageError('invalid_override', `${asFlags(overrides)}: scenario ${file.name}: ${broken}`);
  };
  refuse(brokenRule(changed));
  if (overrides.durationMs !== undefined) checkDuration(overrides.durationMs, changed);
  const scenario = throughWire({ ...toScenario(changed), ...given(overrides) });
  refuse(brokenRolloutRule(scenario));
  return scenario;
}

/** What flags said something of. */
function given(overrides: ScenarioOverrides): { -readonly [F in keyof Scenario]?: Scenario[F] } {
  const said = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said);
}

/** Results are told apart by the names of their scenarios. */
function checkNames(files: readonly ScenarioFile[]): void {
  const twice = files.find(({ name }, position) => files.findIndex((each) => each.name === name) < position);
  if (twice === undefined) return;
  const problem = `--scenario gives two scenarios named ${twice.name}`;
  throw new UsageError('duplicate_scenario', `${problem}; accepted: each name once`);
}

function isBurst({ arrival }: ScenarioFile): boolean {
  return arrival === 'burst';
}

function checkedCounts(overrides: ScenarioOverrides): Counts {
  const counts: Counts = {};
  for (const [, field] of LOAD_FIELD_LIST) {
    const { scenario, schema, sweeps } = field;
    const value = overrides[scenario];
    if (!sweeps || value === undefined) continue;
    const { error } = schema.safeParse(value);
    if (error) throw refused(flagOf(field), value, error.issues[0]?.message ?? '');
    counts[scenario as SweptParameter] = value as number;
  }
  return counts;
}

function checkDuration(durationMs: number, file: ScenarioFile): void {
  if (!isRunTime(durationMs)) throw refused('--duration', `${durationMs}ms`, DURATION_ACCEPTED);
  if (isBurst(file)) {
    const problem = `scenario ${file.name} is a burst; only closed and open loops take a duration; add --scenario sustained, or --rate`;
    throw new UsageError('invalid_override', `--duration: ${problem}`);
  }
}

function refused(flag: string, given: unknown, accepted: string): UsageError {
  return new UsageError('invalid_override', `${flag} is ${describeGiven(given)}; accepted: ${accepted}`);
}

/** `--batches 2 --slots 3` */
function asFlags(overrides: ScenarioOverrides): string {
  return LOAD_FIELD_LIST.filter(([, { scenario }]) => overrides[scenario] !== undefined)
    .map(([, { scenario, show }]) => show(overrides[scenario] as never))
    .join(' ');
}
