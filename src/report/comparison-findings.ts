import type { Comparison, ComparisonCheck, Ratio, RunResult } from '../domain/run-result.js';
import { gateLines, notAskedLines, runNoteLines, violatedLines } from './findings.js';
import { hang, indent, wrapParts, wrapWords } from './layout.js';
import { colourVerdict, mark } from './marks.js';
import { narrower, type Style } from './style.js';

/** How to read the ratios and the server's cost, and how sure the intervals are. */
export function legendLines({ baseline, ratios }: Comparison, { colours, width }: Style): string[] {
  if (ratios.length === 0) {
    return [colours.yellow(`no ratios: nothing else ran in the same rounds as ${baseline}`)];
  }
  const parts = [
    `× of ${baseline}: > 1 is faster for throughput (per s), < 1 is faster for p95`,
    ...confidencePart(ratios),
    'each assignment: server = execution time, hit and dirtied = buffers, WAL = bytes',
  ];
  return wrapParts(parts, '; ', width).map((line) => colours.dim(line));
}

function confidencePart(ratios: readonly Ratio[]): string[] {
  const percents = ratios
    .map(({ confidence }) => Math.floor(confidence * 100))
    .filter((percent) => percent > 0);
  if (percents.length === 0) return [];
  const [least, most] = [Math.min(...percents), Math.max(...percents)];
  const more = most > least ? ` (${most} % where rounds are many)` : '';
  return [`[ – ] holds the true ratio with ${least} % confidence${more}`];
}

/** One line for each comparison that was asked for. */
export function checkLines(checks: readonly ComparisonCheck[], { colours, width }: Style): string[] {
  const sign = (result: ComparisonCheck['result']): string =>
    result === 'inconclusive' ? colours.yellow('?') : mark(result === 'passed', colours);
  return checks.flatMap(({ name, result, observed }) => {
    const text = result === 'inconclusive' ? `inconclusive: ${observed}` : observed;
    return hang(`${sign(result)} `, wrapParts([name, ...wrapWords(text, width - 2)], '  ', width - 2));
  });
}

/**
 * What a reader must know of single runs: every failed gate, violated invariant and note; and what was not asked of them.
 *
 * @param nameOf tells a run from the others, in parts
 */
export function findingLines(
  runs: readonly RunResult[],
  nameOf: (run: RunResult) => readonly string[],
  style: Style,
): string[] {
  const findings = runs.flatMap((run) => {
    const details = runDetails(run, narrower(style, 2));
    return details.length === 0 && run.passed
      ? []
      : [runHeading(run, nameOf(run), style), ...indent(2, details)];
  });
  return [...findings, ...notAskedLines(runs, style)];
}

function runDetails(run: RunResult, style: Style): string[] {
  const violated = run.invariants.filter((invariant) => !invariant.passed);
  return [
    ...gateLines(
      run.gates.filter((gate) => !gate.passed),
      style,
    ),
    ...violated.flatMap((invariant) => violatedLines(invariant, style)),
    ...runNoteLines(run, style),
  ];
}

function runHeading({ verdict }: RunResult, name: readonly string[], { colours, width }: Style): string {
  const problem = verdict === 'valid' ? [] : [`verdict ${colourVerdict(verdict, colours)}`];
  return wrapParts([...name, ...problem], ' · ', width).join('\n');
}
