import { linkSync, mkdirSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHosted } from '../support/hosted-command.js';
import { linesOf } from './document.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { EXECUTABLE } from '../support/command-line.js';

const files = useTemporaryFolder();
/** Nobody listens there: what is not refused before anything connects is exit code 3. */
const NOWHERE = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };

const SQL = files.write('mine.sql', '-- inventory: slots\nselect null::text as essay_id, null as outcome');
const SCENARIO = files.write('mine.json', '{"name": "mine", "description": "mine", "slots": 1}');
const CONFIG = files.write('config.json', '{"rounds": 1}');
mkdirSync(files.path('real'));
symlinkSync(files.path('real'), files.path('folder'));
symlinkSync(files.path('not-yet.md'), files.path('dangling.md'));
linkSync(SCENARIO, files.path('hard.json'));

async function expectSameFile(args: readonly string[], ...names: string[]): Promise<void> {
  const { code, stderr, stdout } = await runHosted([...args, '--quiet'], NOWHERE);
  expect({ code, stdout, lines: linesOf(stderr).length }).toEqual({ code: 2, stdout: '', lines: 1 });
  for (const name of names) expect(stderr).toContain(`${name} "`);
  expect(stderr).toContain('lead to the same file; accepted: ');
}

describe('an output on the path of another', () => {
  const one = files.path('one');
  const flags = ['--junit', '--markdown', '--html', '--save-baseline', '--history'];
  const pairs = flags.flatMap((first, at) => flags.slice(at + 1).map((second) => [first, second] as const));
  it.each(pairs)('is refused: %s and %s', (first, second) =>
    expectSameFile(['run', first, one, second, one], first, second),
  );

  it.each([
    ['written otherwise', one, relative(process.cwd(), one)],
    ['through a linked folder', files.path('real/x'), files.path('folder/x')],
    ['through a link to what is not there yet', files.path('not-yet.md'), files.path('dangling.md')],
  ])('is refused where it is %s', (_, first, second) =>
    expectSameFile(['compare', '--markdown', first, '--html', second], '--markdown', '--html'),
  );

  it('is taken where it is another one', async () => {
    const args = ['run', '--junit', files.path('a'), '--markdown', files.path('b'), '--quiet'];
    expect(await runHosted(args, NOWHERE)).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('an output on the path of an input', () => {
  it.each<[string, string[], string[]]>([
    ['a scenario', ['run', '--scenario', SCENARIO, '--junit', SCENARIO], ['--junit', '--scenario']],
    [
      'a scenario by another name',
      ['compare', '--scenario', SCENARIO, '--html', files.path('hard.json')],
      ['--html', '--scenario'],
    ],
    ['a strategy', ['run', '--strategy', SQL, '--history', SQL], ['--history', '--strategy']],
    ['a strategy of several', ['compare', '--strategies', `cte,${SQL}`, '--markdown', SQL], ['--strategies']],
    ['the configuration', ['compare', '--config', CONFIG, '--markdown', CONFIG], ['--config']],
    [
      'the configuration that is not there yet',
      ['run', '--markdown', './els-assign.config.json'],
      ['--markdown', 'configuration file'],
    ],
  ])('is refused: %s', (_, args, names) => expectSameFile(args, ...names));

  it('is refused where standard output goes to it', () => {
    const path = files.path('out.txt');
    const stdout = openSync(path, 'w');
    const env = { PATH: process.env['PATH'], ...NOWHERE };
    for (const written of [path, '/dev/stdout']) {
      const args = [EXECUTABLE, 'run', '--markdown', written, '--quiet'];
      const { status, stderr } = spawnSync(process.execPath, args, {
        env,
        stdio: ['ignore', stdout, 'pipe'],
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringMatching(/^els-assign: --markdown .* and standard output .*\n$/) as string,
      });
    }
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});
