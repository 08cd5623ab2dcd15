import { OPEN_LOOP_FIELDS } from '../domain/load.js';
import type { Scenario, ScenarioOverrides } from '../domain/scenario.js';
import { LOAD_FIELD_LIST, LOAD_FIELDS } from './fields.js';
import type { ScenarioFile } from './schema.js';
import { stageMillis } from './stages.js';

type Stages = ScenarioFile['stages'];

/** The fields of a file that an open loop alone may have. */
const OPEN_FIELDS = LOAD_FIELD_LIST.filter(([, { scenario }]) =>
  OPEN_LOOP_FIELDS.some((own) => own === scenario),
);

/**
 * What is wrong with the fields of an open loop, and what is accepted; undefined where nothing is. It makes one call
 * for each delivery: of a group, each content would have been due at a moment of its own.
 */
export function brokenOpenRule(file: ScenarioFile): string | undefined {
  const { arrival, rate, stages, duration, bulk } = file;
  if (arrival !== 'open') return openFieldElsewhere(file);
  if (rate === undefined)
    return 'rate is missing but arrival is "open"; accepted: a rate in calls per second';
  if (bulk > 1) return `bulk is ${bulk} but arrival is "open"; accepted: 1`;
  if (stages === undefined) {
    return duration === undefined
      ? 'an open loop has no duration; accepted: a duration or stages'
      : undefined;
  }
  if (duration !== undefined) {
    return `duration is "${duration}" beside stages; accepted: one of them, stages last as long as they say`;
  }
  return lengthOf(stages) >= 1 ? undefined : 'stages take no time; accepted: at least 1ms';
}

function openFieldElsewhere(file: ScenarioFile): string | undefined {
  const [field] = OPEN_FIELDS.find(([each]) => file[each] !== undefined) ?? [];
  if (field === undefined) return undefined;
  return `${field} is given but arrival is "${file.arrival}"; accepted: ${field} with arrival "open" only, which --rate makes of any scenario`;
}

/**
 * Puts what flags say of an open loop in place of what a file says: a rate makes an open loop of any scenario, and
 * stages replace a duration.
 */
export function withOpenLoop(file: ScenarioFile, overrides: ScenarioOverrides): ScenarioFile {
  const { rate, stages, durationMs } = overrides;
  const arrival = rate === undefined ? file.arrival : 'open';
  const changed = { ...file, arrival, ...openFieldsOf(overrides) };
  const duration =
    arrival === 'open' && durationMs !== undefined ? LOAD_FIELDS.duration.toFile(durationMs) : undefined;
  return { ...changed, duration: stages === undefined ? (duration ?? file.duration) : duration };
}

/** What a file would say of an open loop's own fields, where flags say something of them. */
function openFieldsOf(overrides: ScenarioOverrides): Partial<ScenarioFile> {
  const said = OPEN_FIELDS.filter(([, { scenario }]) => overrides[scenario] !== undefined);
  return Object.fromEntries(
    said.map(([field, { scenario, toFile = asItIs }]) => [field, toFile(overrides[scenario] as never)]),
  );
}

function asItIs(value: unknown): unknown {
  return value;
}

/** What an open loop has where its file says nothing of it: its spacing, and the duration that its stages give it. */
export function openLoopDefaults({ stages }: ScenarioFile): Pick<Scenario, 'spacing' | 'durationMs'> {
  return { spacing: 'poisson', ...(stages && { durationMs: lengthOf(stages) }) };
}

/** Milliseconds. */
function lengthOf(stages: NonNullable<Stages>): number {
  return stages.reduce((sum, { duration }) => sum + (stageMillis(duration) ?? 0), 0);
}
