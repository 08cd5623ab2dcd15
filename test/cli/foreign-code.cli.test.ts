import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { start } from '../support/command-line.js';
import { failureDocumentOf, runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

// What a user's code does to the processes that it runs in, and to what it is told.

const database = useOwnDatabase();
const files = useTemporaryFolder();
const SEATS = fileURLToPath(new URL('../../docs/examples/seats/seats.target.ts', import.meta.url));
const SMALL = ['--workers', '1', '--connections', '2', '--contents', '4', '--slots', '4'];

const argsOf = (strategy: string, flags: readonly string[]) => [
  ...['run', '--database-url', database.url, '--strategy', strategy, '--scenario', 'overflow'],
  ...[...SMALL, ...flags, '--quiet'],
];
const runOn = (strategy: string, flags: readonly string[] = []) =>
  database.run(argsOf(strategy, [...flags, '--json']));

/** A target without a table; its code may `log` a word with the process that it runs in. */
function target(
  name: string,
  { load = '', setup = '', register = '', assign }: Readonly<Record<string, string>> & { assign: string },
) {
  const log = files.path(`${name}.log`);
  const file = files.write(
    `${name}.target.mjs`,
    `import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
    const log = (word) => appendFileSync(${JSON.stringify(log)}, word + ' ' + process.pid + '\\n');
    const isFirst = (what) => {
      try { writeFileSync(${JSON.stringify(log)} + what, '', { flag: 'wx' }); return true; } catch { return false; }
    };
    ${load}
    export default {
      async setup() { ${setup} },
      async register() { log('register'); ${register} },
      open() { log('open'); return { assign: async ({ contentId, redelivered }) => { ${assign} } }; },
    };`,
  );
  const logged = (word: string) => {
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    return lines.flatMap((line) => (line.startsWith(`${word} `) ? [Number(line.split(' ')[1])] : []));
  };
  return { file, logged };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the processes', () => {
  it('end with their load, so that a pool without a close harms no later one', async () => {
    const file = files.write(
      'unclosed.target.mjs',
      `import seats from ${JSON.stringify(SEATS)};
      export default {
        ...seats,
        name: 'unclosed',
        async open(settings) {
          const { assign } = await seats.open(settings);
          return { assign };
        },
      };`,
    );
    const finished = await runOn(file, ['--rounds', '2']);
    const { runs } = runDocumentOf(finished);
    expect(runs.map(({ verdict }) => verdict)).toEqual(['valid', 'valid']);
  });

  it('of each load and of what is delivered after it are others', async () => {
    const assign = "throw new Error('later');";
    const { file, logged } = target('apart', { assign });
    await runOn(file, ['--rounds', '2']);
    // One to look at it; in each round one of the load and one of the redelivery.
    const opened = logged('open');
    expect(opened).toHaveLength(5);
    expect(new Set(opened).size).toBe(5);
  });

  it('in which an instance was opened to look at it has ended when batches are registered', async () => {
    const register = `const [line] = readFileSync(LOG, 'utf8').split('\\n');
      try { process.kill(Number(line.split(' ')[1]), 0); log('alive'); } catch { log('gone'); }`;
    const { file, logged } = target('looked-at', {
      register: register.replace('LOG', JSON.stringify(files.path('looked-at.log'))),
      assign: "return { outcome: 'error', code: 'shut' };",
    });
    await runOn(file);
    expect({ alive: logged('alive').length, gone: logged('gone').length }).toEqual({ alive: 0, gone: 1 });
  });

  it.each(['load', 'setup', 'register', 'assign'])(
    'end after the tool was killed, though %s loops for ever',
    async (where) => {
      const loops = "log('loops'); for (;;);";
      const { file, logged } = target(`loops-in-${where}`, { assign: '', [where]: loops });
      const command = start(database.withSchema(argsOf(file, [])));
      try {
        await expect.poll(() => logged('loops').length, { timeout: 30_000 }).toBe(1);
        command.child.kill('SIGKILL');
        await expect.poll(() => logged('loops').filter(isAlive), { timeout: 5_000 }).toEqual([]);
      } finally {
        command.child.kill('SIGKILL');
        for (const pid of logged('loops').filter(isAlive)) process.kill(pid, 'SIGKILL');
      }
    },
  );

  it('that the code leaves are told as left by it', async () => {
    const { file } = target('leaves', { assign: 'process.exit(0);' });
    const finished = await runOn(file);
    const { error } = failureDocumentOf(finished);
    expect({ exit: finished.code, code: error.code }).toEqual({ exit: 3, code: 'worker_died' });
    expect(error.message).toMatch(
      /^worker 1 \(pid \d+\) failed: the target's code called process\.exit\(0\)$/,
    );
  });
});

it('prints on standard error alone, in whatever process', async () => {
  const { file } = target('prints', {
    register: "console.log('from register');",
    assign: "console.log('from assign'); return { outcome: 'error', code: 'shut' };",
  });
  const { stdout, stderr } = await database.execute(argsOf(file, ['--json']));
  expect(stderr).toContain('from register\n');
  expect(stderr).toContain('from assign\n');
  expect(stdout).not.toContain('from ');
});

it('is refused calls of many contents before a batch is registered, where it has no assignMany', async () => {
  const { file, logged } = target('one-by-one', { assign: "return { outcome: 'no_slot' };" });
  const { code, stderr } = await database.run([
    ...['run', '--database-url', database.url, '--strategy', file, '--scenario', 'sustained', '--bulk', '5'],
    ...['--quiet', '--duration', '200ms'],
  ]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('bulk 5 of scenario sustained: one-by-one has no assignMany') as string,
  });
  expect(logged('register')).toEqual([]);
});

describe('an answer of another shape', () => {
  it.each([
    ['in a redelivery', "if (redelivered) return { outcome: 'full' }; throw new Error('later');", []],
    [
      'of a process that is killed later',
      `if (isFirst('answer')) return { outcome: 'full' };
      await new Promise((resolve) => setTimeout(resolve, 300)); return { outcome: 'error', code: 'shut' };`,
      ['--fault', 'kill-worker@200ms'],
    ],
  ])('%s ends in exit 3', async (name, assign, flags) => {
    const { file } = target(name.replaceAll(' ', '-'), { assign });
    const finished = await runOn(file, flags);
    const { error } = failureDocumentOf(finished);
    expect({ exit: finished.code, code: error.code }).toEqual({ exit: 3, code: 'malformed_answer' });
    expect(error.message).toContain('has the outcome "full"');
  });

  it("is told apart from an error that has the same code by the target's own words", async () => {
    const { file } = target('own-words', {
      assign: "return { outcome: 'error', code: 'malformed_answer', message: 'mine' };",
    });
    const finished = await runOn(file);
    const [run] = runDocumentOf(finished).runs;
    expect({ exit: finished.code, errors: run?.errorsByCode }).toEqual({
      ...{ exit: 1, errors: { malformed_answer: 4 } },
    });
  });
});
