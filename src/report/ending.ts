import type { ChalkInstance } from 'chalk';
import type { Report, RunResult } from '../domain/run-result.js';
import { checksOf } from './checks.js';
import { plural } from './format.js';
import { colourVerdict } from './marks.js';
import type { Style } from './style.js';

/** How a report ends: INCONCLUSIVE where nothing but evidence is missing, and that is not allowed. */
export type Ending = 'PASSED' | 'FAILED' | 'INCONCLUSIVE';

/** The last line of a report: how it ends, the verdict, and what it rests on. */
export function endingLine(report: Report, { colours }: Style): string {
  const { verdict, interrupted } = report;
  const parts = [
    `verdict ${colourVerdict(verdict, colours)}`,
    runsText(report),
    ...doubtParts(report),
    ...(interrupted === undefined ? [] : [partialText(interrupted)]),
  ];
  return `${colourEnding(endingOf(report), colours)}  ${parts.join(' · ')}`;
}

/** How many runs there are; where one was cut off, how many came to their end of those that were to be made. */
function runsText({ runs, plannedRuns }: Report): string {
  const complete = runs.filter((run) => run.complete).length;
  if (complete === runs.length) return plural(runs.length, 'run');
  return `${complete} of ${plural(plannedRuns, 'run')} complete, ${runs.length - complete} cut off`;
}

/** That a signal ended the work early. */
export function partialText(interrupted: string): string {
  return `interrupted by ${interrupted}: results are partial`;
}

/** The same for every kind of report. */
export function endingOf(report: Report): Ending {
  if (report.passed) return 'PASSED';
  const { runs, interrupted, failure } = report;
  const complete = interrupted === undefined && failure === undefined;
  const endings = new Set([...runs.map(endingOfRun), ...checksOf(report).map(endingOfCheck)]);
  return complete && !endings.has('FAILED') && endings.has('INCONCLUSIVE') ? 'INCONCLUSIVE' : 'FAILED';
}

/** How a run ends by itself: a failed gate outweighs what is unknown. */
export function endingOfRun({ passed, verdict, gates }: RunResult): Ending {
  if (passed) return 'PASSED';
  return verdict === 'unknown' && gates.every((gate) => gate.passed) ? 'INCONCLUSIVE' : 'FAILED';
}

/** The word in the colour of its meaning. */
export function colourEnding(ending: Ending, colours: ChalkInstance): string {
  switch (ending) {
    case 'PASSED':
      return colours.green.bold(ending);
    case 'FAILED':
      return colours.red.bold(ending);
    case 'INCONCLUSIVE':
      return colours.yellow.bold(ending);
  }
}

function endingOfCheck({ result }: ReturnType<typeof checksOf>[number]): Ending {
  return ({ passed: 'PASSED', failed: 'FAILED', inconclusive: 'INCONCLUSIVE' } as const)[result];
}

/** What did not pass, also where that is allowed. */
function doubtParts(report: Report): string[] {
  const runs = report.runs.map(endingOfRun);
  const checks = checksOf(report).map(endingOfCheck);
  const count = (endings: readonly Ending[], ending: Ending) =>
    endings.filter((each) => each === ending).length;
  const parts: [count: number, text: (count: number) => string][] = [
    [count(runs, 'FAILED'), (failed) => `${failed} failed`],
    [count(runs, 'INCONCLUSIVE'), (unknown) => `${unknown} unknown`],
    [count(checks, 'FAILED'), (failed) => `${plural(failed, 'check')} failed`],
    [count(checks, 'INCONCLUSIVE'), (undecided) => `${plural(undecided, 'check')} inconclusive`],
  ];
  return parts.flatMap(([found, text]) => (found > 0 ? [text(found)] : []));
}
