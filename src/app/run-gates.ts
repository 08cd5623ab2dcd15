import type { GateResult, Outcomes } from '../domain/run-result.js';
import type { Scenario } from '../domain/scenario.js';
import {
  comparesStrategies,
  evaluateGate,
  namesOf,
  parseGate,
  type Gate,
  type GateInput,
} from '../gate/index.js';
import type { Target } from '../target/target.js';

/** How many slots are given is promised only where `no_slot` is truthful: these follow from it. */
const PRESUPPOSE_TRUTHFUL: ReadonlySet<string> = new Set([
  ...['created', 'reused', 'successes', 'expectedSuccesses', 'noSlot', 'taken', 'available'],
]);

/** The gates of a run, judged, and what is said of those that were not. */
export interface JudgedGates {
  readonly gates: readonly GateResult[];
  readonly notes: readonly string[];
}

/**
 * Judges a run by the gates of its scenario. One of the scenario's own that the target cannot be held to is left out, and
 * said; one that was demanded besides is judged in any case.
 */
export function judgeGates(
  { gates, demandedGates = [] }: Scenario,
  target: Pick<Target, 'terms' | 'untold'>,
  measured: GateInput,
): JudgedGates {
  const judged: GateResult[] = [];
  const notes: string[] = [];
  for (const gate of gates.map(parseGate)) {
    if (comparesStrategies(gate)) continue;
    const why = demandedGates.includes(gate.text) ? undefined : whyLeftOut(gate, target, measured.outcomes);
    if (why === undefined) judged.push(evaluateGate(gate, measured));
    else notes.push(`not judged: gate ${gate.text} (${why})`);
  }
  return { gates: judged, notes };
}

function whyLeftOut(
  { comparison }: Gate,
  { terms, untold }: Pick<Target, 'terms' | 'untold'>,
  { assigned }: Outcomes,
): string | undefined {
  const names = namesOf(comparison).map(({ name }) => name);
  const unknown = names.find((name) => untold[name] !== undefined);
  if (unknown !== undefined) return `${unknown}: ${untold[unknown]}`;
  const presumes = names.find((name) => PRESUPPOSE_TRUTHFUL.has(name));
  if (presumes !== undefined && !terms.promises.truthfulNoSlot) {
    return `${presumes}: its no_slot need not be truthful`;
  }
  if (assigned > 0 && names.includes('reused')) {
    return `reused: ${assigned} answers do not tell whether the content had its slot before`;
  }
  return undefined;
}
