import { appendFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { InfrastructureError } from '../domain/errors.js';
import type { Report } from '../domain/run-result.js';
import { reasonOf } from '../domain/system-error.js';
import type { CaseOptions } from '../report/cases.js';
import { annotationLines, MAX_SUMMARY_BYTES, renderSummary } from '../report/github.js';
import { renderMarkdown } from '../report/markdown.js';
import { ReportFile } from '../report/report-file.js';
import { printLine } from './console.js';
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
 * @param saveBaseline is done after them
 * @throws UsageError `unwritable_report`
 */
export async function openReports(
  flags: ReportFlags,
  env: NodeJS.ProcessEnv,
  saveBaseline: (report: Report) => Promise<void>,
): Promise<Reports> {
  const { allowInconclusive = false } = flags;
  const junit = await fileOf('--junit', flags.junit);
  const markdown = await fileOf('--markdown', flags.markdown);
  const html = await fileOf('--html', flags.html);
  const write = async (report: Report): Promise<void> => {
    const options = { allowInconclusive };
    await markdown?.write(renderMarkdown(report, options));
    // What draws charts or writes XML is loaded where there is something to write.
    if (junit) await junit.write((await import('../report/junit.js')).renderJunit(report, options));
    if (html)
      await html.write((await import('../report/html/page.js')).renderHtml(report, readTool(), new Date()));
    await saveBaseline(report);
  };
  return {
    async write(report) {
      const written = await withFailure(report, write);
      await tellGitHub(written, { allowInconclusive }, env);
      return written;
    },
  };
}

async function fileOf(flag: string, path: string | undefined): Promise<ReportFile | undefined> {
  return path === undefined ? undefined : ReportFile.at(flag, path);
}

async function withFailure(report: Report, write: (report: Report) => Promise<void>): Promise<Report> {
  try {
    await write(report);
    return report;
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    return { ...report, passed: false, failure: report.failure ?? error };
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
    printLine(`GITHUB_STEP_SUMMARY ${JSON.stringify(summary)} could not be written: ${reasonOf(error)}`);
  }
}
