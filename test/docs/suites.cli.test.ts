import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { useTemporaryFolder } from '../cli/temporary-folder.js';

const files = useTemporaryFolder();
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const project = files.path('project');

/** A project of someone's own, with the examples, the packed-up package's folder and vitest among its packages. */
beforeAll(async () => {
  await mkdir(join(project, 'node_modules'), { recursive: true });
  await symlink(ROOT, join(project, 'node_modules', 'els-assign'));
  await symlink(join(ROOT, 'node_modules', 'vitest'), join(project, 'node_modules', 'vitest'));
  for (const name of ['seats', 'testing']) {
    cpSync(join(ROOT, 'docs', 'examples', name), join(project, name), { recursive: true });
  }
  files.write('project/package.json', '{ "private": true, "type": "module" }');
});

interface Ended {
  readonly code: number;
  readonly output: string;
}

function execute(args: readonly string[]): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ELS_ASSIGN_HOME: inject('embeddedHome') || files.path('home') };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: project, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

const vitest = (file: string) => execute([join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', file]);

describe('the examples of docs/targets.md, in a suite', () => {
  it('pass under vitest', async () => {
    const { code, output } = await vitest('testing/seats.vitest.test.ts');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/2 passed/) as string });
  });

  it('pass under node --test', async () => {
    const { code, output } = await execute(['--test', 'testing/seats.node.test.mjs']);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/pass 2/) as string });
  });

  it('fail with witnesses where the target is wrong', async () => {
    const wrong = join(ROOT, 'test', 'targets', 'shipped', 'stamp-later.wrong.target.ts');
    const text = `
      import { assertValid, runTarget } from 'els-assign';
      import { test } from 'node:test';
      test('no seat is given twice', async () => {
        assertValid(await runTarget(${JSON.stringify(wrong)}, { scenario: 'overflow' }));
      });`;
    files.write('project/testing/wrong.test.mjs', text);
    const { code, output } = await execute(['--test', 'testing/wrong.test.mjs']);
    expect(code).toBe(1);
    expect(output).toContain('one-content-per-slot is violated');
    expect(output).toMatch(/worker \d: \S+ → created/);
  });
});
