import type { Shape } from '../domain/baseline.js';
import type { Scenario } from '../domain/scenario.js';
import { LOAD_FIELD_LIST } from '../scenario/fields.js';

/** What must be equal of a scenario for two runs of it to be compared. */
const SHAPE_FIELDS = ['arrival', ...LOAD_FIELD_LIST.map(([, { scenario }]) => scenario)] as const;

/** What must be equal of a scenario for two runs of it to be compared. */
export function shapeOf(scenario: Scenario): Shape {
  return Object.fromEntries(SHAPE_FIELDS.map((field) => [field, scenario[field]]));
}

/**
 * What differs between a scenario and the one that a baseline was measured with.
 *
 * @returns one line each, e.g. `slots was 50 and is 100`
 */
export function shapeDifferences(scenario: Scenario, then: Shape): string[] {
  const now = shapeOf(scenario);
  return SHAPE_FIELDS.filter((field) => show(now[field]) !== show(then[field])).map(
    (field) => `${field} was ${show(then[field])} and is ${show(now[field])}`,
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'none';
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
