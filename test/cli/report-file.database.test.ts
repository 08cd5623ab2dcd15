import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InfrastructureError } from '#els/domain/errors.js';
import { ReportFile } from '#els/cli/report-file.js';
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

  it('is created where a link leads that leads to nothing yet, and the link stays', async () => {
    symlinkSync(files.path('later.xml'), files.path('dangling.xml'));
    await (await ReportFile.at('--junit', files.path('dangling.xml'))).write('by the link');
    expect(readFileSync(files.path('later.xml'), 'utf8')).toBe('by the link');
    expect(readdirSync(files.path('')).filter((name) => name === 'dangling.xml')).toHaveLength(1);
  });

  it('has the permissions of any other new file, and keeps those that it has', async () => {
    const fresh = await ReportFile.at('--junit', files.path('fresh.xml'));
    await fresh.write('new');
    expect(statSync(files.path('fresh.xml')).mode).toBe(statSync(files.write('any.xml', '')).mode);
    for (const mode of [0o600, 0o664, 0o640]) {
      chmodSync(files.path('fresh.xml'), mode);
      await fresh.write('newer');
      expect(statSync(files.path('fresh.xml')).mode & 0o7777).toBe(mode);
    }
  });

  it.each([
    ['a pipe', 'fifo', 'it is not a regular file'],
    ['a file that may not be written', 'read-only', 'permission denied'],
    ['a device', '/dev/full', 'it is not a regular file'],
    ['a link that leads to itself', 'circle', 'too many symbolic links'],
  ])('is refused where there is %s', async (_, name, problem) => {
    const path = resolve(files.path(''), name);
    if (name === 'fifo') execFileSync('mkfifo', [path]);
    if (name === 'read-only') chmodSync(files.write(name, ''), 0o444);
    if (name === 'circle') symlinkSync(path, path);
    if (name === 'read-only' && process.getuid?.() === 0) return;
    await expect(ReportFile.at('--junit', path)).rejects.toThrow(problem);
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
