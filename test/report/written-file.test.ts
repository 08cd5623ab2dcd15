import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile, mkdir, lstat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InfrastructureError, UsageError } from '#els/domain/errors.js';
import { checkReportPath, writeReport } from '#els/report/written-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-assign-written-'));
});
afterEach(() => rm(folder, { recursive: true }));

const check = (path: string) => checkReportPath('--html', path);
const write = (path: string, text: string) => writeReport('--html', path, text);

describe('the path of a report', () => {
  it('is accepted without leaving anything', async () => {
    await check(join(folder, 'new.html'));
    expect(await readdir(folder)).toEqual([]);
  });

  it('is accepted where a file stands, and the file stays', async () => {
    const path = join(folder, 'old.html');
    await writeFile(path, 'old');
    await check(path);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  const refused: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
    ['in a missing folder', () => join(folder, 'missing', 'a.html'), /no such file or directory/],
    ['empty', () => '', /no regular file/],
    ['a folder that is missing', () => join(folder, 'missing/'), /no regular file/],
    ['a folder', () => folder, /no regular file/],
    ['a device', () => '/dev/null', /no regular file/],
    ['with a NUL', () => join(folder, 'a\0.html'), /NUL/],
    [
      'in a file',
      async () => {
        await writeFile(join(folder, 'file'), '');
        return join(folder, 'file', 'a.html');
      },
      /not a directory/,
    ],
  ];
  it.each(refused)('is refused when it is %s', async (_name, make, reason) => {
    const path = await make();
    const error: unknown = await check(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(/^--html ".*" cannot be written: /);
    expect((error as UsageError).message).toMatch(reason);
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});

describe('a written report', () => {
  it('takes the place of the file before, and leaves no other', async () => {
    const path = join(folder, 'report.html');
    await writeFile(path, 'a longer text from before');
    const before = await stat(path);
    await write(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).ino).not.toBe(before.ino);
    expect(await readdir(folder)).toEqual(['report.html']);
  });

  it('goes where a symbolic link points', async () => {
    await mkdir(join(folder, 'elsewhere'));
    const target = join(folder, 'elsewhere', 'report.html');
    await writeFile(target, 'old');
    await symlink(target, join(folder, 'link.html'));
    await write(join(folder, 'link.html'), 'new');
    expect(await readFile(target, 'utf8')).toBe('new');
    expect((await lstat(join(folder, 'link.html'))).isSymbolicLink()).toBe(true);
  });

  it('that cannot be written is a failure of the surroundings, and what stood there stays', async () => {
    const path = join(folder, 'report.html');
    await mkdir(path);
    const error: unknown = await write(path, 'new').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(await readdir(folder)).toEqual(['report.html']);
  });
});
