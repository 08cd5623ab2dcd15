import { InfrastructureError } from '../domain/errors.js';
import type { Report } from '../domain/run-result.js';
import { checkReportPath, writeReport } from '../report/written-file.js';
import { readTool } from './tool.js';

const FLAG = '--html';

/**
 * Refuses a path that cannot be written, before any load.
 *
 * @throws UsageError
 */
export async function checkPagePath(path: string | undefined): Promise<void> {
  if (path !== undefined) await checkReportPath(FLAG, path);
}

/**
 * Writes a report, complete or partial, as a page, where one is wanted.
 *
 * @returns the report; with a failure of its own where the page could not be written
 */
export async function writePage(report: Report, path: string | undefined): Promise<Report> {
  if (path === undefined) return report;
  const { renderHtml } = await import('../report/html/page.js');
  try {
    await writeReport(FLAG, path, renderHtml(report, readTool(), new Date()));
    return report;
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    return { ...report, passed: false, failure: report.failure ?? error };
  }
}
