import type { ChalkInstance } from 'chalk';
import { EXIT } from '../domain/errors.js';
import type { Report } from '../domain/run-result.js';
import { plural } from '../report/format.js';
import { createColours } from '../report/colours.js';
import { renderJson, renderJsonError } from '../report/json.js';
import { printLine, printResult, terminalWidth } from './console.js';
import { oneLine } from './failure.js';
import { signalExitCode } from './stop-signal.js';
import { readTool } from './tool.js';

/** How a command shows its report. */
export interface Finish {
  readonly json: boolean;
  readonly render: (report: Report, colours: ChalkInstance, options: { width?: number }) => string;
}

/** Prints a report, complete or partial, and says how the command exits. */
export async function finish(report: Report, { json, render }: Finish): Promise<number> {
  await printResult(json ? toJson(report) : toText(report, render));
  if (report.failure) printLine(oneLine(report.failure.message));
  if (report.interrupted) printLine(stoppedLine(report));
  return exitCode(report);
}

function stoppedLine({ interrupted, runs, plannedRuns }: Report): string {
  const complete = runs.filter((run) => run.complete).length;
  const cutOff = runs.length > complete ? ` complete, ${runs.length - complete} cut off` : '';
  return `stopped by ${interrupted} after ${complete} of ${plural(plannedRuns, 'run')}${cutOff}; the results are partial`;
}

/** An error belongs to exit code 3; a strategy that was proven wrong before it is exit code 1. */
function toJson(report: Report): string {
  const failure = report.verdict === 'invalid' ? undefined : report.failure;
  return failure ? renderJsonError(failure, readTool(), report) : renderJson(report, readTool());
}

function toText(report: Report, render: Finish['render']): string {
  if (report.runs.length === 0) return '';
  return render(report, createColours(process.stdout, process.env), terminalWidth());
}

/** Proven invalid weighs more than a failure of the surroundings, and that more than a failed gate. */
function exitCode({ interrupted, verdict, failure, passed }: Report): number {
  if (interrupted) return signalExitCode(interrupted);
  if (verdict === 'invalid') return EXIT.failed;
  if (failure) return EXIT.infrastructure;
  return passed ? EXIT.passed : EXIT.failed;
}
