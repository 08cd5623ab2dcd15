import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXECUTABLE, run } from '../support/command-line.js';
import { runHosted } from '../support/hosted-command.js';
import { useOwnDatabase } from './own-database.js';
import { closedPort } from './ports.js';

// Most tests run commands in a process that they share (`runHosted`); these show that the executable does the same.

const database = useOwnDatabase();
let nowhere = '';

beforeAll(async () => {
  nowhere = `postgres://nobody:hush@127.0.0.1:${await closedPort()}/none`;
  expect((await database.execute(['setup'])).code).toBe(0);
});

type Case = readonly [code: number, ...args: string[]];

/** Arguments and exit codes of every command that needs a database, as it ends well and as it does not. */
const ON_THE_DATABASE: readonly Case[] = [
  [0, 'setup'],
  [2, 'setup', '--slots', '3'],
  [2, 'run', '--json', '--strategy', 'ctee'],
  [0, 'run', '--help'],
  [2, 'compare', '--json', '--strategies', ''],
  [2, 'status', 'nobody-registered-it'],
  [1, 'verify'],
  [0, 'verify', '--json', '--allow-inconclusive'],
  [2, 'verify', '--json', '--history', '/no/such/file'],
];

const WITHOUT_A_DATABASE: readonly Case[] = [
  [0, '--version'],
  [0, 'scenarios'],
  [2, 'frobnicate'],
  [2],
  [3, 'setup'],
  [3, 'run', '--json'],
  [3, 'compare'],
  [3, 'prove', '--strategy', 'cte'],
  [3, 'status', 'any', '--json'],
];

const named = (cases: readonly Case[]) =>
  cases.map(([code, ...args]) => ({ code, args, name: args.join(' ') }));

describe('the executable says what a shared process says, and exits with its code', () => {
  it.each(named(ON_THE_DATABASE))('$code: $name', async ({ code, args }) => {
    const executed = await database.execute(args);
    expect(executed.code).toBe(code);
    expect(executed.stdout + executed.stderr).not.toBe('');
    expect(await database.run(args)).toEqual(executed);
  });

  it.each(named(WITHOUT_A_DATABASE))('$code: $name', async ({ code, args }) => {
    const env = { DATABASE_URL: nowhere };
    const executed = await run(args, env);
    expect(executed.code).toBe(code);
    expect(executed.stdout + executed.stderr).not.toBe('');
    expect(await runHosted(args, env)).toEqual(executed);
  });

  it('and takes its environment from its caller alone, each time anew', async () => {
    const flag = { ELS_USE_CTE_UPSERT_ASSIGNMENT: 'maybe' };
    for (const env of [flag, {}, flag]) {
      const args = ['run', '--scenario', 'no-such-scenario'];
      expect(await database.run(args, env)).toEqual(await database.execute(args, env));
    }
  });
});

it('says in one line that its output cannot be written', () => {
  const full = openSync('/dev/full', 'w');
  const args = [EXECUTABLE, 'scenarios'];
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  expect(stderr.toString()).toMatch(/^els-assign: standard output cannot be written: no space left.*\n$/);
  expect(status).toBe(3);
});
