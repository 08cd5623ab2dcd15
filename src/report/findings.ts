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
export function violatedLines({ name, witnesses, timeline }: InvariantResult, style: Style): string[] {
  const { colours, width } = style;
  const rows = timeline.length > 0 ? witnesses.filter((witness) => !('startMicros' in witness)) : witnesses;
  return [
    `${mark(false, colours)} ${colours.red(`${name} is violated`)}`,
    ...witnessRowLines(rows, { width }),
    ...indent(4, timelineLines(timeline, narrower(style, 4))),
  ];
}

/** Rows of the database that prove something, each behind a dot. */
export function witnessRowLines(rows: readonly Witness[], { width }: Pick<Style, 'width'>): string[] {
  return rows.flatMap((row) => hang('    • ', witnessLines(row, width - 6)));
}

/** What a reader should know of a run: its notes, a line each, and what no invariant was asked, in one line. */
export function remarksOf({ notes, notAsked }: Pick<RunResult, 'notes' | 'notAsked'>): string[] {
  if (notAsked.length === 0) return [...notes];
  const reasons = [...new Set(notAsked.map(({ reason }) => reason))];
  const grouped = reasons.map((reason) => {
    const names = notAsked.filter((each) => each.reason === reason).map(({ name }) => name);
    return `${names.join(', ')} (${reason})`;
  });
  return [...notes, `not asked: ${grouped.join('; ')}`];
}

/** The same for the terminal, one remark after another. */
export function noteLines(
  run: Pick<RunResult, 'notes' | 'notAsked' | 'verdict'>,
  { colours, width }: Style,
): string[] {
  const sign = run.verdict === 'valid' ? colours.cyan('i') : colours.yellow('!');
  return remarksOf(run).flatMap((note) => hang(`${sign} `, wrapWords(note, width - 2)));
}

function witnessLines(witness: Witness, width: number): string[] {
  const parts = Object.entries(witness).map(([key, value]) => `${key}=${formatValue(value)}`);
  return wrapParts(parts, '  ', width);
}
