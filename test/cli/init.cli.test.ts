import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { EXECUTABLE, run } from '../support/command-line.js';
import { useTemporaryFolder } from './temporary-folder.js';

const files = useTemporaryFolder();
const home = inject('embeddedHome') || files.path('home');

const EXAMPLES = [
  ['module', 'seats'],
  ['sql', 'vouchers'],
] as const;

/** Every file below a folder with its text. */
function textsBelow(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const inside = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(inside.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

const exampleOf = (name: string) =>
  textsBelow(fileURLToPath(new URL(`../../docs/examples/${name}`, import.meta.url)));

/** Runs a command that was printed, in a shell where the package is not installed. */
function runPrinted(command: string, folder: string): Promise<{ code: number; stdout: string }> {
  const line = command.replace(/^npx els-assign /, `"${process.execPath}" "${EXECUTABLE}" `);
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ELS_ASSIGN_HOME: home };
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], { cwd: folder, env }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

describe('init', () => {
  it.each(EXAMPLES)('%s writes an example that passes by the command that it prints', async (kind, name) => {
    const folder = files.folder(kind);
    const { code, stdout, stderr } = await run(['init', kind], {}, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(textsBelow(folder)).toEqual(exampleOf(name));
    const [list = '', command = ''] = stdout.split('\nnext: ');
    expect(list.trim().split('\n').sort()).toEqual(Object.keys(exampleOf(name)).sort());
    const ran = await runPrinted(command, folder);
    expect(ran.stdout).toContain(`overflow · ${name}`);
    // A busy machine may be too slow for a gate on latency, which is not what is asked here.
    expect(ran.stdout).toMatch(/^(PASSED|FAILED) {2}verdict valid/m);
  });

  it('makes the folder, and quotes it where a shell would take it apart', async () => {
    const { stdout } = await run(['init', 'module', "it's/new one"], {}, files.folder('quoted'));
    expect(stdout).toContain(`--strategy './it'\\''s/new one/seats.target.ts' --scenario`);
    expect(textsBelow(files.path("quoted/it's/new one"))).toEqual(exampleOf('seats'));
  });

  it('overwrites nothing, and writes nothing where one file is there', async () => {
    const folder = files.folder('taken');
    files.write('taken/remove.sql', '-- mine');
    const { code, stdout, stderr } = await run(['init', 'sql'], {}, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('els-assign: "remove.sql" is there already; accepted: a folder without it\n');
    expect(textsBelow(folder)).toEqual({ 'remove.sql': '-- mine' });
  });

  it('says in one line where it cannot write, and which kinds there are', async () => {
    const file = files.write('file', '');
    expect(await run(['init', 'sql', file])).toEqual({
      code: 2,
      stdout: '',
      stderr: `els-assign: cannot write ${JSON.stringify(join(file, 'assignments.sql'))}: not a directory\n`,
    });
    const { code, stderr } = await run(['init', 'tables']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('module, sql') as string });
  });
});
