import { appendFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { reasonOf } from '../base/system-error.js';
import { quote } from '../base/wording.js';
import type { Report } from '../domain/run-result.js';
import type { CaseOptions } from '../report/cases.js';
import { annotationLines, MAX_SUMMARY_BYTES, renderSummary } from '../report/github.js';
import { renderMarkdown } from '../report/markdown.js';
import { printLine } from './console.js';
import { toFailure } from './failure.js';
import { ReportFile } from './report-file.js';
import { readTool } from './tool.js';

export interface ReportFlags {
  readonly junit?: string;
  readonly markdown?: string;
  readonly html?: string;
  readonly allowInconclusive?: boolean;
}

/** Where a report goes besides stdout. */
export interface Reports {
  /** Writes them all; a file that could not be written is the returned report's failure. */
  readonly write: (report: Report) => Promise<Report>;
}

/** The options of what `openReports` opens. */
export function addReportOptions(command: Command): Command {
  return command
    .optionsGroup('Reports:')
    .option('--junit <file>', 'write the result as JUnit XML, for CI')
    .option('--markdown <file>', 'write the result as Markdown')
    .option('--html <file>', 'write the result as one self-contained page')
    .optionsGroup('Options:');
}

/**
 * Checks where reports are to go, before anything is measured. In GitHub Actions a report also becomes the step's
 * summary and annotations.
 *
 * @param saveBaseline is given the report as it was measured, whatever becomes of the files
 * @throws UsageError `unwritable_report`
 */
export async function openReports(
  flags: ReportFlags,
  env: NodeJS.ProcessEnv,
  saveBaseline: (report: Report) => Promise<void>,
): Promise<Reports> {
  const options = { allowInconclusive: flags.allowInconclusive ?? false };
  const outputs = await openOutputs(flags, options);
  return {
    async write(report) {
      const saved = await attempt(report, saveBaseline);
      const written = await writeAll(outputs, saved);
      return attempt(written, () => tellGitHub(written, options, env));
    },
  };
}

/** Writes a report to a file of its own. */
type Output = (report: Report) => Promise<void>;

async function openOutputs(flags: ReportFlags, options: CaseOptions): Promise<Output[]> {
  // What draws charts or writes XML is loaded where there is something to write.
  const render = {
    markdown: (report: Report) => renderMarkdown(report, options),
    junit: async (report: Report) => (await import('../report/junit.js')).renderJunit(report, options),
    html: async (report: Report) =>
      (await import('../report/html/page.js')).renderHtml(report, readTool(), new Date()),
  };
  const outputs: Output[] = [];
  for (const kind of ['markdown', 'junit', 'html'] as const) {
    const path = flags[kind];
    if (path === undefined) continue;
    const file = await ReportFile.at(`--${kind}`, path);
    outputs.push(async (report) => file.write(await render[kind](report)));
  }
  return outputs;
}

/** Writes every file that can be written. Those written before a failure was known are written again: they say it. */
async function writeAll(outputs: readonly Output[], report: Report): Promise<Report> {
  const writable: Output[] = [];
  let result = report;
  for (const output of outputs) {
    const after = await attempt(result, output);
    if (after === result) writable.push(output);
    result = after;
  }
  return result.failure === report.failure ? result : writeAll(writable, result);
}

/** Does something with a report; what goes wrong, a defect of the program too, is its failure unless it has one. */
async function attempt(report: Report, work: Output): Promise<Report> {
  try {
    await work(report);
    return report;
  } catch (error) {
    const { code, message } = toFailure(error);
    if (report.failure) printLine(message);
    return { ...report, passed: false, failure: report.failure ?? { code, message } };
  }
}

/** Annotations go to stderr: stdout is the result's alone, and the runner reads commands from both. */
async function tellGitHub(report: Report, options: CaseOptions, env: NodeJS.ProcessEnv): Promise<void> {
  if (env['GITHUB_ACTIONS'] === 'true') annotationLines(report, options).forEach(printLine);
  const summary = env['GITHUB_STEP_SUMMARY'];
  if (!summary) return;
  try {
    const { size } = await stat(summary).catch(() => ({ size: 0 }));
    await appendFile(summary, renderSummary(report, options, MAX_SUMMARY_BYTES - size));
  } catch (error) {
    printLine(`GITHUB_STEP_SUMMARY ${quote(summary)} could not be written: ${reasonOf(error)}`);
  }
}
