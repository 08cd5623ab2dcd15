import type { Scenario } from '../domain/scenario.js';
import { wrapWords } from './layout.js';

const INDENT = '  ';
const WIDTH = 98;

/** Scenarios as a list: name, shape, what each is for. */
export function renderScenarioList(scenarios: readonly Scenario[]): string {
  return scenarios.map((scenario) => `${scenario.name}\n${about(scenario)}`).join('\n');
}

/** One scenario with its faults and gates. */
export function renderScenario(scenario: Scenario): string {
  const { name, rttMs } = scenario;
  const rtt = rttMs > 0 ? `${INDENT}round-trip time  ${rttMs} ms more\n` : '';
  const faults = scenario.faults.map(({ kind, atMs }) => `${INDENT}fault  ${kind} at ${atMs} ms\n`).join('');
  const gates = scenario.gates.map((gate) => `${INDENT}gate  ${gate}\n`).join('');
  return `${name}\n${about(scenario)}${rtt}${faults}${gates}`;
}

function about(scenario: Scenario): string {
  const lines = [...wrapWords(scenario.description, WIDTH), shapeOf(scenario)];
  return lines.map((line) => `${INDENT}${line}\n`).join('');
}

function shapeOf(scenario: Scenario): string {
  const { batches, slots, contents, deliveries, arrival, workers, connections, bulk, durationMs, rate } =
    scenario;
  const load = `${contents} contents × ${deliveries} deliveries on ${batches} batches × ${slots} slots`;
  const time = durationMs === undefined ? '' : ` for ${durationMs / 1_000} s`;
  const many = bulk > 1 ? ` · bulk ${bulk}` : '';
  const pace = rate === undefined ? '' : ` at ${rate}/s`;
  return `${arrival}${pace}${time} · ${load} · ${workers} workers × ${connections} connections${many}`;
}
