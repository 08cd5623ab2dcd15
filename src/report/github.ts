import type { Report } from '../domain/run-result.js';
import { suitesOf, type Case, type CaseOptions, type CaseResult } from './cases.js';
import { markdownBlocks } from './markdown.js';

/** GitHub shows no more of a kind for a step (actions/toolkit, docs/problem-matchers.md, "Limitations"). */
const MAX_ANNOTATIONS = 10;
/** Lines of an annotation; the summary has them all. */
const MAX_LINES = 12;
/** Of a step's summary; GitHub shows nothing of a larger one (its manual, "Workflow commands", "Step isolation and limits"). */
export const MAX_SUMMARY_BYTES = 1_048_576;

const CUT =
  '*The summary is cut here: GitHub shows at most 1 MiB for a step. `--markdown FILE` keeps all of it.*';

type Level = 'error' | 'warning';

const LEVELS: Readonly<Record<CaseResult, Level | undefined>> = {
  passed: undefined,
  failed: 'error',
  inconclusive: 'error',
  broken: 'error',
  tolerated: 'warning',
  'not asked': undefined,
};

/** The workflow commands that annotate a GitHub Actions run with what did not pass and what is doubtful, one line each. */
export function annotationLines(report: Report, options: CaseOptions): string[] {
  const found = suitesOf(report, options).flatMap(({ name, cases, warnings }) => [
    ...cases.map((each) => ({ level: LEVELS[each.result], title: name, text: textOf(each) })),
    ...warnings.map((text) => ({ level: 'warning', title: name, text })),
  ]);
  return (['error', 'warning'] as const).flatMap((level) => {
    const ofLevel = found.filter((each) => each.level === level);
    const shown = ofLevel.length > MAX_ANNOTATIONS ? ofLevel.slice(0, MAX_ANNOTATIONS - 1) : ofLevel;
    const left = ofLevel.length - shown.length;
    const lines = shown.map(({ title, text }) => command(level, title, text));
    return left === 0 ? lines : [...lines, command(level, 'els-assign', `${left} more: see the summary`)];
  });
}

/**
 * The Markdown report as a step's summary, cut between its blocks where there is no room.
 *
 * @param bytesLeft what GitHub still takes of this step
 */
export function renderSummary(report: Report, options: CaseOptions, bytesLeft: number): string {
  const blocks = markdownBlocks(report, options);
  let text = '';
  for (const [position, block] of blocks.entries()) {
    const longer = `${text}${block}\n\n`;
    const isLast = position === blocks.length - 1;
    const needed = Buffer.byteLength(longer) + (isLast ? 0 : Buffer.byteLength(`${CUT}\n`));
    if (needed > bytesLeft) return `${text}${CUT}\n`;
    text = longer;
  }
  return text;
}

function textOf({ name, message, body }: Case): string {
  return [`${name}: ${message}`, ...body.slice(0, MAX_LINES)].join('\n');
}

function command(level: Level, title: string, text: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(text)}`;
}

/** As actions/toolkit does in packages/core/src/command.ts. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
