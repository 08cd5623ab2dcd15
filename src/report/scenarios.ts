import { MIGRATION_FAULT, type Fault } from '../domain/fault.js';
import type { Scenario } from '../domain/scenario.js';
import { plural, slotsText } from './format.js';
import { wrapParts, wrapWords } from './layout.js';
import { loadParts } from './load-parts.js';
import { arrivalParts } from './open-loop.js';

const INDENT = '  ';
const WIDTH = 98;

/** Scenarios as a list: name, shape, what each is for. */
export function renderScenarioList(scenarios: readonly Scenario[]): string {
  return scenarios.map((scenario) => `${scenario.name}\n${about(scenario)}`).join('\n');
}

/** One scenario with its rollout, faults, gates and checks. */
export function renderScenario(scenario: Scenario): string {
  const faults = scenario.faults.map((fault) => `${INDENT}fault  ${faultText(fault)}\n`).join('');
  const steps = (scenario.rollout?.steps ?? [])
    .map(({ strategy, atMs }) => `${INDENT}rollout  ${strategy} at ${atMs} ms\n`)
    .join('');
  const gates = scenario.gates.map((gate) => `${INDENT}gate  ${gate}\n`).join('');
  const checks = (scenario.checks ?? []).map((check) => `${INDENT}check  ${check}\n`).join('');
  return `${scenario.name}\n${about(scenario)}${steps}${faults}${gates}${checks}`;
}

function faultText({ kind, atMs }: Fault): string {
  return kind === MIGRATION_FAULT ? kind : `${kind} at ${atMs} ms`;
}

function about(scenario: Scenario): string {
  const shape = wrapParts(shapeParts(scenario), ' · ', WIDTH);
  const lines = [...wrapWords(scenario.description, WIDTH), ...shape];
  return lines.map((line) => `${INDENT}${line}\n`).join('');
}

function shapeParts(scenario: Scenario): string[] {
  const { batches, slots, contents, deliveries, workers, connections, durationMs } = scenario;
  return [
    ...arrivalParts(scenario),
    ...(durationMs === undefined ? [] : [`${durationMs / 1_000} s`]),
    `${plural(contents, 'content')} × ${plural(deliveries, 'delivery', 'deliveries')} on ` +
      `${plural(batches, 'batch', 'batches')} × ${slotsText(slots)}`,
    `${plural(workers, 'worker')} × ${plural(connections, 'connection')}`,
    ...loadParts([scenario]),
  ];
}
