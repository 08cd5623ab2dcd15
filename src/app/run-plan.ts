import { NOT_IN_PLAN, OPEN_LOOP_FIELDS, type Load } from '../domain/load.js';
import type { RunResult } from '../domain/run-result.js';
import type { Scenario } from '../domain/scenario.js';
import { LOAD_FIELD_LIST } from '../scenario/fields.js';

type Plan = RunResult['plan'];

/** What documents say of a plan before its seed. */
const FIRST = ['batches', 'slots', 'contents', 'deliveries'] as const satisfies (keyof Load)[];
const OTHERS = otherFields();

/** What a result says of the load that was to be put on: each field of it that the result does not say by itself. */
export function runPlan(scenario: Scenario, seed: number): Plan {
  const { batches, slots, contents, deliveries, arrival } = scenario;
  const said = OTHERS.filter((field) => scenario[field] !== undefined);
  const others = Object.fromEntries(said.map((field) => [field, scenario[field]]));
  return {
    ...{ batches, slots, contents, deliveries, arrival, seed },
    ...(others as Omit<Plan, (typeof FIRST)[number] | 'arrival' | 'seed'>),
  };
}

/** In the order of documents: what an open loop alone has comes last. */
function otherFields(): (keyof Load)[] {
  const isOneOf = (fields: readonly (keyof Load)[], field: keyof Load) => fields.includes(field);
  const others = LOAD_FIELD_LIST.map(([, { scenario }]) => scenario).filter(
    (field) => !isOneOf([...FIRST, ...NOT_IN_PLAN], field),
  );
  const ofOpenLoops = others.filter((field) => isOneOf(OPEN_LOOP_FIELDS, field));
  return [...others.filter((field) => !ofOpenLoops.includes(field)), ...ofOpenLoops];
}
