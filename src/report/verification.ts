import type { ChalkInstance } from 'chalk';
import { escapeInvisible } from '../base/wording.js';
import type { CheckedBatches, Judged, VerificationReport } from '../domain/verification.js';
import { createColours } from './colours.js';
import { colourEnding } from './ending.js';
import { invariantLines, noteLines, violatedLines } from './findings.js';
import { plural } from './format.js';
import { indent } from './layout.js';
import { colourVerdict, mark } from './marks.js';
import { createStyle, narrower, type Style, type TextOptions } from './style.js';

/** The answer of `verify` as text: a block for each run or the schema, how it ends on the last line. */
export function renderVerification(
  report: VerificationReport,
  passed: boolean,
  colours: ChalkInstance,
  options: TextOptions,
): string {
  const style = createStyle(colours, options);
  const ending = passed ? 'PASSED' : report.verdict === 'unknown' ? 'INCONCLUSIVE' : 'FAILED';
  const blocks = [
    ...report.checked.map((each) => checkedBlock(each, style)),
    [`${colourEnding(ending, colours)}  verdict ${colourVerdict(report.verdict, colours)}`],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A verdict with what is violated, its witnesses and the timeline, without colours. */
export function renderVerdict(judged: Judged, options: TextOptions = {}): string {
  const style = createStyle(createColours({}, {}), options);
  return [
    `verdict ${judged.verdict}`,
    ...judged.invariants.filter(({ passed }) => !passed).flatMap((each) => violatedLines(each, style)),
    ...noteLines(judged, style),
  ].join('\n');
}

function checkedBlock(checked: CheckedBatches, style: Style): string[] {
  const { colours } = style;
  const { batches, calls, verdict } = checked;
  const counts = [plural(batches, 'batch', 'batches'), ...(calls === null ? [] : [plural(calls, 'call')])];
  const inner = narrower(style, 2);
  return [
    `${colours.bold(escapeInvisible(titleOf(checked)))} · ${counts.join(' · ')}`,
    ...indent(2, [
      ...invariantLines(checked.invariants, inner),
      `${mark(verdict === 'valid', colours)} verdict ${colourVerdict(verdict, colours)}`,
      ...noteLines(checked, inner),
    ]),
  ];
}

function titleOf({ runId, target }: CheckedBatches): string {
  if (runId !== null) return `run ${runId}`;
  return target === undefined ? 'every batch of the schema' : `every recorded batch of target ${target}`;
}
