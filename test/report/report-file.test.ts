import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InfrastructureError } from '#els/domain/errors.js';
import { ReportFile } from '#els/report/report-file.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';

const files = useTemporaryFolder();

describe('a report file', () => {
  it('is not touched before it is written, and then holds the report alone', async () => {
    const path = files.write('old.xml', 'a longer old report');
    const file = await ReportFile.at('--junit', path);
    expect(readFileSync(path, 'utf8')).toBe('a longer old report');
    await file.write('new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(files.path('')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is written where a link leads, and the link stays', async () => {
    const target = files.write('target.xml', '');
    symlinkSync(target, files.path('link.xml'));
    await (await ReportFile.at('--junit', files.path('link.xml'))).write('by the link');
    expect(readFileSync(target, 'utf8')).toBe('by the link');
  });

  it('fails as the surroundings do where its folder went away, and leaves nothing', async () => {
    mkdirSync(files.path('gone'));
    const file = await ReportFile.at('--junit', files.path('gone/report.xml'));
    rmSync(files.path('gone'), { recursive: true });
    const failed = file.write('any').catch((error: unknown) => error);
    expect(await failed).toBeInstanceOf(InfrastructureError);
    expect(await failed).toMatchObject({ code: 'report_not_written' });
  });

  it('is a file to be replaced, not a folder that another made meanwhile', async () => {
    const file = await ReportFile.at('--junit', files.path('late'));
    mkdirSync(files.path('late'));
    await expect(file.write('any')).rejects.toThrow('could not be written');
    expect(readdirSync(files.path('')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
