import { buildSweep } from '../compare/sweep.js';
import { UsageError } from '../domain/errors.js';
import { totalSlots } from '../domain/load.js';
import type { Scenario, ScenarioOverrides } from '../domain/scenario.js';
import type { SweepAxis, SweptParameter } from '../domain/sweep.js';
import { flagOf, LOAD_FIELDS } from '../scenario/fields.js';
import { loadScenario } from '../scenario/load.js';
import { resolveScenario } from '../scenario/overrides.js';
import type { SumUp } from './runs-to-report.js';
import { withKnownTargets } from './scenarios.js';

const DEFAULT_SCENARIO = 'sustained';

/**
 * The scenario of each step of a sweep: the one named, else `sustained`, with one value after the other.
 *
 * @param named at most one
 * @throws UsageError where several are named, a flag gives the swept parameter too, or the scenario refuses a value
 */
export async function scenariosToSweep(
  named: readonly string[],
  overrides: ScenarioOverrides,
  { parameter, values }: SweepAxis,
): Promise<Scenario[]> {
  const [name = DEFAULT_SCENARIO, ...others] = named;
  if (others.length > 0) {
    throw refusal(`--sweep with ${named.length} scenarios (${named.join(', ')}); accepted: one`);
  }
  if (overrides[parameter] !== undefined) {
    throw refusal(
      `${flagOf(LOAD_FIELDS[parameter])} and --sweep ${parameter}= are both given; accepted: one of them`,
    );
  }
  const unswept = withKnownTargets(name, await loadScenario(name));
  const steps: Scenario[] = [];
  for (const value of values) {
    const { batches = parameter === 'slots' ? batchesFor(unswept, value) : undefined } = overrides;
    steps.push(await resolveStep(name, { ...overrides, batches, [parameter]: value }, parameter));
  }
  return steps;
}

/** Makes what `executeRuns` says of the runs of a sweep. */
export function sumUpSweep(parameter: SweptParameter): SumUp {
  return (runs) => ({ sweep: buildSweep(parameter, runs) });
}

/** As many slots in all as the scenario has, so that a loop lasts its time in small batches too. */
function batchesFor(scenario: Scenario, slotsOfStep: number): number | undefined {
  return scenario.arrival !== 'burst' ? Math.ceil(totalSlots(scenario) / slotsOfStep) : undefined;
}

async function resolveStep(
  name: string,
  overrides: ScenarioOverrides,
  parameter: SweptParameter,
): Promise<Scenario> {
  try {
    return await resolveScenario(name, overrides);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const step = `--sweep ${parameter}=${String(overrides[parameter])}`;
    throw new UsageError(error.code, `${step}: ${error.message}`, { cause: error });
  }
}

function refusal(message: string): UsageError {
  return new UsageError('invalid_sweep', message);
}
