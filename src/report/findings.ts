import type { GateResult, InvariantResult, RunResult, Witness } from '../domain/run-result.js';
import { formatValue, plural } from './format.js';
import { hang, indent, padEnd, visibleWidth, wrapParts, wrapWords } from './layout.js';
import { mark } from './marks.js';
import { narrower, type Style } from './style.js';
import { timelineLines } from './timeline-lines.js';

/** One line for each gate: whether it passed, its expression, what was observed. */
export function gateLines(gates: readonly GateResult[], { colours, width }: Style): string[] {
  const longest = Math.max(0, ...gates.map((gate) => visibleWidth(gate.expression)));
  return gates.flatMap(({ passed, expression, observed }) => {
    const label = `${mark(passed, colours)} ${padEnd(expression, longest)}  `;
    return hang(label, wrapWords(observed, width - longest - 4));
  });
}

/** One line when all hold; else each one that is violated with its witnesses, and how many hold. */
export function invariantLines(invariants: readonly InvariantResult[], style: Style): string[] {
  const { colours } = style;
  if (invariants.length === 0) {
    return [colours.yellow('! no invariant was checked')];
  }
  const violated = invariants.filter((invariant) => !invariant.passed);
  const holding = invariants.length - violated.length;
  const summary = `${plural(holding, 'invariant')} ${holding === 1 ? 'holds' : 'hold'}`;
  return [
    ...violated.flatMap((invariant) => violatedLines(invariant, style)),
    ...(holding === 0 ? [] : [`${mark(true, colours)} ${summary}`]),
  ];
}

/**
 * An invariant that is violated, and below it what proves it: rows of the database, and the timeline of one case.
 * Witnesses that are calls are told by the timeline.
 */
export function violatedLines(invariant: InvariantResult, style: Style): string[] {
  const { witnesses, timeline, excused } = invariant;
  const { colours, width } = style;
  const rows = timeline.length > 0 ? witnesses.filter((witness) => !('startMicros' in witness)) : witnesses;
  return [
    excused
      ? `${colours.yellow('?')} ${colours.yellow(violationText(invariant))}`
      : `${mark(false, colours)} ${colours.red(violationText(invariant))}`,
    ...witnessRowLines(rows, { width }),
    ...indent(4, timelineLines(timeline, narrower(style, 4))),
  ];
}

/** What is said of an invariant that did not hold. */
export function violationText({ name, excused }: Pick<InvariantResult, 'name' | 'excused'>): string {
  return excused ? `${name} cannot be told: what was found may have another reason` : `${name} is violated`;
}

/** Rows of the database that prove something, each behind a dot. */
export function witnessRowLines(rows: readonly Witness[], { width }: Pick<Style, 'width'>): string[] {
  return rows.flatMap((row) => hang('    • ', witnessLines(row, width - 6)));
}

/** What a reader should know of a run: its notes, a line each, and what no invariant was asked, in one line. */
export function remarksOf(run: Pick<RunResult, 'notes' | 'notAsked'>): string[] {
  return [...run.notes, ...notAskedOf(run).map((text) => `not asked: ${text}`)];
}

/** The invariants that were not asked, with the reasons, in one text; none where all were. */
function notAskedOf({ notAsked }: Pick<RunResult, 'notAsked'>): string[] {
  const reasons = [...new Set(notAsked.map(({ reason }) => reason))];
  const grouped = reasons.map((reason) => {
    const names = notAsked.filter((each) => each.reason === reason).map(({ name }) => name);
    return `${names.join(', ')} (${reason})`;
  });
  return grouped.length === 0 ? [] : [grouped.join('; ')];
}

/** What was not asked of several runs: what was the same of many stands once. */
export function notAskedLines(
  runs: readonly Pick<RunResult, 'notAsked'>[],
  { colours, width }: Style,
): string[] {
  const texts = runs.flatMap(notAskedOf);
  return [...new Set(texts)].flatMap((text) => {
    const count = texts.filter((each) => each === text).length;
    const line = `not asked of ${count} of ${runs.length} runs: ${text}`;
    return hang(`${colours.cyan('i')} `, wrapWords(line, width - 2));
  });
}

/** The remarks of a run for the terminal, one after another. */
export function noteLines(run: Pick<RunResult, 'notes' | 'notAsked' | 'verdict'>, style: Style): string[] {
  return signed(run, remarksOf(run), style);
}

/** Its notes alone. */
export function runNoteLines(run: Pick<RunResult, 'notes' | 'verdict'>, style: Style): string[] {
  return signed(run, run.notes, style);
}

function signed(
  { verdict }: Pick<RunResult, 'verdict'>,
  lines: readonly string[],
  { colours, width }: Style,
): string[] {
  const sign = verdict === 'valid' ? colours.cyan('i') : colours.yellow('!');
  return lines.flatMap((line) => hang(`${sign} `, wrapWords(line, width - 2)));
}

function witnessLines(witness: Witness, width: number): string[] {
  const parts = Object.entries(witness).map(([key, value]) => `${key}=${formatValue(value)}`);
  return wrapParts(parts, '  ', width);
}
