import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { INVARIANTS } from '#els/verify/invariants.js';
import { commandLinesIn, parseOnly } from '../cli/command-lines.js';
import { EXECUTABLE } from '../support/command-line.js';
import { IS_LONG } from '../support/long.js';
import { runDocumentOf } from '../cli/document.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';

const text = readFileSync(new URL('../../docs/targets.md', import.meta.url), 'utf8');
const seats = fileURLToPath(new URL('../../docs/examples/seats', import.meta.url));

const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp('```' + language + '\\n(.*?)```', 'gs'))].map((match) => match[1] ?? '');

/** The recipes, which begin with the names of their files. */
const recipes = blocks('ts').flatMap((code) => {
  const [, name] = /^\/\/ (\S+\.target\.ts)\n/.exec(code) ?? [];
  return name === undefined ? [] : [[name, code] as const];
});

const database = useOwnDatabase();
const files = useTemporaryFolder();

async function onlyRun(file: string) {
  const flags = ['--database-url', database.url, '--strategy', file, '--scenario', 'overflow'];
  const finished = await database.run(['run', ...flags, '--json', '--quiet']);
  const [run] = runDocumentOf(finished).runs;
  if (run === undefined) throw new Error(finished.stderr);
  return { run, code: finished.code };
}

const violated = (invariants: readonly { name: string; passed: boolean }[]) =>
  invariants.filter(({ passed }) => !passed).map(({ name }) => name);

describe('docs/targets.md', () => {
  it('has recipes that are whole targets', () => {
    expect(recipes.map(([name]) => name)).toEqual(['enrolments.target.ts', 'queue.target.ts']);
  });

  it.each(recipes)('shows a recipe that is valid as it stands: %s', async (name, code) => {
    const { run } = await onlyRun(files.write(name, code));
    expect({ verdict: run.verdict, created: run.outcomes.created }).toEqual({
      verdict: 'valid',
      created: 15,
    });
    expect(run.notAsked.map((each) => each.name)).not.toContain('acknowledged-is-stored');
  });

  it('breaks the example as it says, and the run is red', async () => {
    const folder = files.folder('broken');
    cpSync(seats, folder, { recursive: true });
    const path = join(folder, 'seats.target.ts');
    let code = readFileSync(path, 'utf8');
    for (const piece of ['customer is null and', 'for update skip locked']) {
      expect(text).toContain(`\`${piece}\``);
      // The first is the one of the UPDATE.
      expect(code).toContain(piece);
      code = code.replace(piece, '');
    }
    writeFileSync(path, code);
    const { run, code: exitCode } = await onlyRun(path);
    expect({ verdict: run.verdict, exitCode }).toEqual({ verdict: 'invalid', exitCode: 1 });
    expect(violated(run.invariants)).toContain('one-content-per-slot');
  });

  it('gives commands that are accepted, in the shell and in CI', async () => {
    const [job = ''] = blocks('yaml');
    const lines = [...blocks('sh'), job].flatMap(commandLinesIn);
    expect(lines.map(([command]) => command)).toEqual(['init', 'run', 'run']);
    for (const line of lines) await parseOnly(line);
    expect(parse(job)).toHaveProperty('jobs.seats.steps');
  });

  it('names every invariant, and none that there is not', () => {
    const [, promises = ''] = text.split(/^## Promises$|^## How to map yours$/m);
    const named = [...promises.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map((match) => match[1]);
    expect(new Set(named)).toEqual(new Set(INVARIANTS.map(({ name }) => name)));
  });
});

describe('README, test your own', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section = ''] = /\n## Test your own\n(.*?)\n## /s.exec(readme) ?? [];
  const [, commands = ''] = /```sh\n(.*?)```/s.exec(section) ?? [];
  const [, program = ''] = /```ts\n(.*?)```/s.exec(section) ?? [];

  const execute = (folder: string, program: string, ...args: string[]) => {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ELS_ASSIGN_HOME: inject('embeddedHome') || files.path('home') };
    return new Promise<string>((resolve) => {
      execFile(program, args, { cwd: folder, env }, (_, stdout, stderr) => resolve(stdout + stderr));
    });
  };

  it('gives commands that are accepted', async () => {
    const lines = commandLinesIn(commands);
    expect(lines.map(([command]) => command)).toEqual(['init', 'init', 'run', 'run', 'compare']);
    for (const line of lines) await parseOnly(line);
  });

  it('gives commands and a program that do what they say', IS_LONG, async () => {
    const folder = files.folder('own');
    const tool = `"${process.execPath}" "${EXECUTABLE}" `;
    for (const line of commands.trim().split('\n')) {
      const said = await execute(folder, 'sh', '-c', line.replace('npx els-assign ', tool));
      expect(said).toMatch(line.includes(' init ') ? /\nnext: npx els-assign run/ : /verdict valid/);
    }
    const library = JSON.stringify(new URL('../../dist/index.js', import.meta.url).href);
    const code = program.replace("'els-assign'", library);
    expect(await execute(folder, process.execPath, '--input-type=module', '--eval', code)).toBe('');
  });
});
