import { median } from '../base/median.js';
import type { ScenarioCheck } from '../compare/checks.js';
import { decideByVerdicts, type Decision } from '../compare/margin.js';
import { completeRuns, groupRows, type Row } from '../domain/rows.js';
import type { ComparisonCheck, RunResult } from '../domain/run-result.js';
import { UsageError } from '../domain/errors.js';
import type { Scenario } from '../domain/scenario.js';
import type { Target } from '../target/target.js';
import { quote } from '../base/wording.js';
import {
  checkStrategies,
  comparesStrategies,
  evaluateStrategies,
  namesOf,
  parseCheck,
  parseGate,
  readValue,
  type Gate,
} from '../gate/index.js';

export { parseGate } from '../gate/index.js';

/** Scenarios with further gates, each of them on every scenario. */
export function withGates(scenarios: readonly Scenario[], gates: readonly string[]): Scenario[] {
  return scenarios.map((scenario) => ({
    ...scenario,
    gates: [...new Set([...scenario.gates, ...gates])],
    ...(gates.length > 0 && { demandedGates: gates.map((gate) => gate.trim()) }),
  }));
}

/** What a command runs, as gates see it. */
export interface Gated {
  /** Whether strategies are compared: then gates may name them. */
  readonly compares: boolean;
  readonly targets: readonly Pick<Target, 'name' | 'untold'>[];
}

/**
 * Checks, before anything connects, that gates compare only strategies that are compared, and that those which were
 * demanded, or compare, need nothing that a target does not tell.
 *
 * @throws UsageError `invalid_gate`
 */
export function checkGates(scenarios: readonly Scenario[], { compares, targets }: Gated): void {
  const compared = compares ? targets.map(({ name }) => name) : [];
  for (const { gates, demandedGates = [] } of scenarios) {
    for (const gate of gates.map(parseGate)) {
      checkStrategies(gate, compared);
      if (comparesStrategies(gate) || demandedGates.includes(gate.text)) checkTold(gate, targets);
    }
  }
}

function checkTold({ text, comparison }: Gate, targets: Gated['targets']): void {
  for (const { strategy, name } of namesOf(comparison)) {
    const silent = targets.find(
      (target) => target.untold[name] !== undefined && (strategy ?? target.name) === target.name,
    );
    if (silent === undefined) continue;
    const why = `${name} of ${silent.name} is not known: ${silent.untold[name]}`;
    throw new UsageError('invalid_gate', `gate ${quote(text)}: ${why}; accepted: a gate without it`);
  }
}

/** The gates of each scenario that compare strategies, judged over the medians of the rounds that all of them finished. */
export function judgeStrategies(
  scenarios: readonly Scenario[],
  runs: readonly RunResult[],
): ComparisonCheck[] {
  return scenarios.flatMap(({ name, gates }) => {
    const rows = groupRows(completeRuns(runs).filter((run) => run.scenario === name));
    return gates
      .map(parseGate)
      .filter(comparesStrategies)
      .map((gate) => ({ name: `gate ${gate.text} (${name})`, ...judge(gate, rows) }));
  });
}

/** What `compare` tests over paired rounds: the checks of all scenarios. */
export function checksOf(scenarios: readonly Scenario[]): ScenarioCheck[] {
  return scenarios.flatMap(({ name, checks = [] }) =>
    checks.map((check) => ({ scenario: name, ...parseCheck(check) })),
  );
}

function judge(gate: Gate, rows: readonly Row[]): Decision {
  const strategies = new Set(namesOf(gate.comparison).map(({ strategy }) => strategy ?? ''));
  const compared = commonRounds([...strategies].map((strategy) => runsOf(strategy, rows)));
  const runs = new Map([...strategies].map((strategy, position) => [strategy, compared[position] ?? []]));
  const all = [...runs.values()].flat();
  if (all.length === 0) return { result: 'inconclusive', observed: 'no round was run with all of them' };
  const decided = decideByVerdicts(all);
  if (decided !== undefined) return decided;
  const { observed, passed } = evaluateStrategies(gate, (strategy, name) =>
    median((runs.get(strategy) ?? []).map((run) => readValue(name, run))),
  );
  const rounds = new Set(all.map((run) => run.round)).size;
  const over = rounds === 1 ? '1 round' : `medians of ${rounds} rounds`;
  return { result: passed ? 'passed' : 'failed', observed: `${observed} (${over})` };
}

/** Without advisory locks, unless the strategy ran with them alone. */
function runsOf(strategy: string, rows: readonly Row[]): readonly RunResult[] {
  const candidates = rows.filter((row) => row.strategy === strategy);
  return (candidates.find((row) => !row.advisoryLocks) ?? candidates[0])?.runs ?? [];
}

/** Only the rounds that every one of them ran: an interrupted comparison has others. */
function commonRounds(runs: readonly (readonly RunResult[])[]): RunResult[][] {
  const ranAll = (round: number): boolean => runs.every((each) => each.some((run) => run.round === round));
  return runs.map((each) => each.filter((run) => ranAll(run.round)));
}
