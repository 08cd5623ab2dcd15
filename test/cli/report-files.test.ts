import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openReports } from '#els/cli/reports.js';
import type { Report } from '#els/domain/run-result.js';
import { createSampler, reportOf } from '../report/sample.js';
import { useTemporaryFolder } from './temporary-folder.js';

const files = useTemporaryFolder();
const save = () => Promise.resolve();
const textOf = (path: string): string => readFileSync(path, 'utf8');

describe('report files of which one cannot be written', () => {
  it('are written all the same, and say so, whichever it is', async () => {
    const report = reportOf([createSampler().run()]);
    for (const broken of ['junit', 'markdown', 'html'] as const) {
      const paths = { junit: '', markdown: '', html: '' };
      for (const kind of ['junit', 'markdown', 'html'] as const) {
        mkdirSync(files.path(`${broken}-${kind}`));
        paths[kind] = files.path(`${broken}-${kind}/report`);
      }
      let saved: Report | undefined;
      const reports = await openReports(paths, {}, (each) => Promise.resolve(void (saved = each)));
      rmSync(files.path(`${broken}-${broken}`), { recursive: true });
      const written = await reports.write(report);
      expect(written).toMatchObject({ passed: false, failure: { code: 'report_not_written' } });
      expect(written.failure?.message).toContain(`--${broken} `);
      expect(saved).toBe(report);
      for (const kind of ['junit', 'markdown', 'html'] as const) {
        if (kind === broken) expect(existsSync(paths[kind])).toBe(false);
        else expect(textOf(paths[kind])).toContain(`--${broken} `);
      }
    }
  });

  it('leave the failure of the run itself the first', async () => {
    const failure = { code: 'server_gone', message: 'the server went away' };
    mkdirSync(files.path('gone'));
    const reports = await openReports({ junit: files.path('gone/x') }, {}, save);
    rmSync(files.path('gone'), { recursive: true });
    const report = reportOf([createSampler().run()], { failure, passed: false });
    expect(await reports.write(report)).toMatchObject({ failure, passed: false });
  });
});

describe('a report that cannot be drawn for a defect', () => {
  it('is the failure of the result, which is not lost', async () => {
    const run = createSampler().run();
    const unfit = { ...run, latencyDistribution: undefined as unknown as typeof run.latencyDistribution };
    const paths = { junit: files.path('fit.xml'), html: files.path('unfit.html') };
    const reports = await openReports(paths, {}, save);
    const { runs, failure, passed } = await reports.write(reportOf([unfit]));
    expect(runs).toEqual([unfit]);
    expect(passed).toBe(false);
    expect(failure?.code).toBe('internal_error');
    expect(failure?.message).toMatch(/^internal error: TypeError: .*percentile-figure/);
    expect(textOf(paths.junit)).toContain('internal error');
    expect(existsSync(paths.html)).toBe(false);
  });
});
