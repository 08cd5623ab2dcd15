import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { runHosted } from '../support/hosted-command.js';
import { eachLongButFirst, IS_LONG } from '../support/long.js';
import { compareDocumentOf, failureDocumentOf, runDocumentOf, type RunEntry } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

// Targets of the user's: code or statements on tables of their own, put through whole commands.

const database = useOwnDatabase();
const files = useTemporaryFolder();

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const example = (path: string) => fileOf(`docs/examples/${path}`);

/** A run on the test's own database: of targets the environment's is not taken. */
const runOn = (strategy: string, flags: readonly string[]) =>
  database.run(['run', '--database-url', database.url, '--strategy', strategy, ...flags, '--quiet']);

async function onlyRun(strategy: string, flags: readonly string[]): Promise<RunEntry> {
  const finished = await runOn(strategy, [...flags, '--json']);
  const [run] = runDocumentOf(finished).runs;
  if (run === undefined) throw new Error(finished.stderr);
  return run;
}

/** But for those on a time, which a busy machine misses. */
const failedGates = ({ gates }: RunEntry) =>
  gates.filter(({ passed, expression }) => !passed && !/\d(us|ms|s)$/.test(expression));

const SMALL = ['--workers', '2', '--connections', '4'];

describe('the examples', () => {
  eachLongButFirst([
    ['seats/seats.target.ts', 'seats'],
    ['vouchers/vouchers.target.json', 'vouchers'],
  ])(
    '%s passes duplicates, more contents than slots and a closed loop, and leaves nothing',
    async (path, table) => {
      const scenarios = ['idempotent-duplicates', 'overflow'].flatMap((name) => ['--scenario', name]);
      const finished = await runOn(example(path), [...scenarios, ...SMALL, '--json']);
      const { runs } = runDocumentOf(finished);
      expect(runs.map(({ verdict }) => verdict)).toEqual(['valid', 'valid']);
      expect(runs.flatMap(failedGates)).toEqual([]);
      const loop = await onlyRun(example(path), ['--scenario', 'sustained', '--duration', '500ms', ...SMALL]);
      expect(loop.verdict).toBe('valid');
      expect(loop.outcomes.created).toBeGreaterThan(20);
      expect(await database.query(`select 1 from public.${table} limit 1`)).toEqual([]);
      expect(await database.query('select 1 from run_batches')).toEqual([]);
    },
  );

  it.each([example('seats/seats.target.ts'), 'inventory'])(
    'fill batches of different sizes: %s',
    IS_LONG,
    async (strategy) => {
      const sizes = ['--batches', '5', '--slots', '2,9', '--contents', '40'];
      const run = await onlyRun(strategy, ['--scenario', 'overflow', ...sizes, ...SMALL]);
      expect(run.plan.slots).toEqual([2, 9]);
      expect({ verdict: run.verdict, gates: failedGates(run) }).toEqual({ verdict: 'valid', gates: [] });
      expect(run.outcomes).toMatchObject({ created: 2 + 8 + 2 + 8 + 2, noSlot: 40 - 22 });
      expect(run.batchTotals).toMatchObject({ taken: 22, available: 2 });
    },
  );

  it('are killed in the midst of calls, and every call is accounted for', IS_LONG, async () => {
    const flags = [
      '--scenario',
      'sustained',
      '--duration',
      '1500ms',
      '--fault',
      'kill-worker@400ms',
      ...SMALL,
    ];
    const run = await onlyRun(example('seats/seats.target.ts'), flags);
    expect(run.faults).toMatchObject([{ kind: 'kill-worker', struck: true }]);
    expect(run.verdict).toBe('valid');
    expect(run.redeliveries).toBeGreaterThan(0);
  });

  it('are compared with each other, on databases of their own of the embedded server', IS_LONG, async () => {
    const strategies = [example('seats/seats.target.ts'), example('vouchers/vouchers.target.json')].join();
    const finished = await runHosted(
      [
        ...['compare', '--strategies', strategies, '--scenario', 'overflow', '--rounds', '1', ...SMALL],
        ...['--gate', 'seats.created == vouchers.created', '--quiet', '--json'],
      ],
      { ELS_ASSIGN_HOME: inject('embeddedHome') },
    );
    const { runs, comparison } = compareDocumentOf(finished);
    expect(runs.map(({ strategy, verdict }) => [strategy, verdict]).sort()).toEqual([
      ['seats', 'valid'],
      ['vouchers', 'valid'],
    ]);
    expect(comparison.checks.map(({ result }) => result)).toEqual(['passed']);
  });
});

describe('a file that is no target', () => {
  it.each([
    ['no default export', 'export const a = 1;', 'it has no default export'],
    ['a syntax error', 'export default {', 'line 1 column 17: Unexpected token'],
    ['a missing function', 'export default { register() {} };', 'it has no function open'],
    ['an unknown field', 'export default { promise: 1 };', 'it has the field "promise"'],
    ['no assign', 'export default { register() {}, open: () => ({}) };', 'open returned no function assign'],
  ])('with %s is refused in one line, before a batch is registered', async (_, text, why) => {
    const file = files.write('wrong.target.mjs', text);
    const { code, stdout, stderr } = await runOn(file, ['--scenario', 'overflow']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(why) as string]);
    expect(stderr).toContain('wrong.target.mjs');
  });
});

/** The seats, with answers that `change` makes of theirs. */
const changedSeats = (more: string, change: string) => `
  import seats from ${JSON.stringify(example('seats/seats.target.ts'))};
  const change = ${change};
  export default {
    ...seats,
    ${more}
    async open(settings) {
      const instance = await seats.open(settings);
      return { assign: async (call) => change(await instance.assign(call)), close: () => instance.close() };
    },
  };`;

describe('gates of a scenario', () => {
  it('are read over successes where a target does not tell which of them took the slot', async () => {
    const assigned =
      "(answer) => (answer.slotId === undefined ? answer : { ...answer, outcome: 'assigned' })";
    const file = files.write('assigned.target.mjs', changedSeats("name: 'assigned',", assigned));
    const run = await onlyRun(file, ['--scenario', 'idempotent-duplicates', '--gate', 'assigned == 20']);
    expect({ verdict: run.verdict, passed: run.passed, holders: run.holders }).toEqual({
      ...{ verdict: 'valid', passed: true, holders: 1 },
    });
    expect(run.notes.join('\n')).toContain('not judged: gate reused == contents * (deliveries - 1)');
  });

  it('are left out where the target does not promise or tell what they need', IS_LONG, async () => {
    const promises = 'promises: { idempotent: true, truthfulNoSlot: false },';
    const file = files.write(
      'poller.target.mjs',
      changedSeats(`name: 'poller', ${promises}`, '(answer) => answer'),
    );
    const run = await onlyRun(file, ['--scenario', 'batch-completion', ...SMALL]);
    expect(run.verdict).toBe('valid');
    expect(run.gates.map(({ expression }) => expression)).toEqual(['error == 0']);
    expect(run.notes.filter((note) => note.startsWith('not judged: gate'))).toHaveLength(3);
    const demanded = await runOn(file, ['--scenario', 'overflow', '--gate', 'completed == batches']);
    expect(demanded).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('completed of poller') as string,
    });
  });
});

/** A target without a table. */
const bare = (assign: string, more = '') =>
  `export default { ${more} async register() {}, open: () => ({ ${assign} }) };`;

describe('a target that misbehaves', () => {
  it('with an answer of another shape ends in exit 3, the call named', async () => {
    const file = files.write('shape.target.mjs', bare("assign: async () => ({ outcome: 'full' })"));
    const finished = await runOn(file, ['--scenario', 'overflow', ...SMALL, '--json']);
    expect(finished.code).toBe(3);
    const { runs, error } = failureDocumentOf(finished);
    expect(error.code).toBe('malformed_answer');
    expect(error.message).toMatch(/call \S+-d\d+ has the outcome "full"; accepted are created, reused/);
    expect(runs).toMatchObject([{ verdict: 'unknown', outcomes: { unknown: 30 } }]);
  });

  it.each([
    ['assignments that return nothing', 'async assignments() {},', 'assignments returned no list'],
    [
      'an audit that returns nothing',
      'audits: { paid: async () => undefined },',
      'audit paid returned no list',
    ],
  ])('with %s ends in exit 3, and nothing is proven', IS_LONG, async (_, more, why) => {
    const refusing = "assign: async () => ({ outcome: 'error', code: 'shut' })";
    const file = files.write('silent.target.mjs', bare(refusing, more));
    const { code, stderr } = await runOn(file, ['--scenario', 'overflow', ...SMALL]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(why) as string });
  });

  it('by registering a batch that nobody asked for ends in exit 3', async () => {
    const file = files.write(
      'other.target.mjs',
      `export default {
        register: async () => [{ batchId: 'other', slotIds: [1] }],
        open: () => ({ assign: async () => ({ outcome: 'no_slot' }) }),
      };`,
    );
    const { code, stderr } = await runOn(file, ['--scenario', 'overflow', ...SMALL]);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining(
        'register returned batch "other" in element 1, which it was not given',
      ) as string,
    });
  });
  it('by codes of its own words has them counted, answered or thrown', async () => {
    const assign = `assign: async ({ contentId }) => {
      if (/[02468]$/.test(contentId)) return { outcome: 'error', code: 'seats/sold out' };
      throw Object.assign(new Error('who?'), { code: 'auth/unknown\\nuser' });
    }`;
    const file = files.write('words.target.mjs', bare(assign));
    const run = await onlyRun(file, ['--scenario', 'overflow', ...SMALL]);
    expect(run.errorsByCode).toEqual({ 'seats/sold out': 15, 'auth/unknown-user': 15 });
  });

  it.each(['', 'two\\nlines', 'x'.repeat(33)])(
    'with an error of code %j is told what is accepted',
    async (code) => {
      const file = files.write(
        'code.target.mjs',
        bare(`assign: async () => ({ outcome: 'error', code: '${code}' })`),
      );
      const finished = await runOn(file, ['--scenario', 'overflow', ...SMALL, '--json']);
      const { error } = failureDocumentOf(finished);
      expect({ exit: finished.code, code: error.code }).toEqual({ exit: 3, code: 'malformed_answer' });
      expect(error.message).toContain('accepted: 1 to 32 printable characters');
    },
  );

  it('by leaving the process is named', async () => {
    const file = files.write(
      'leaves.target.mjs',
      bare('assign: async () => ({})', 'setup: () => process.exit(7),'),
    );
    const { code, stderr } = await runOn(file, ['--scenario', 'overflow']);
    expect(code).toBe(3);
    expect(stderr).toContain('leaves.target.mjs": it called process.exit(7)');
  });

  it('by a session of another name that works on after its worker makes nothing valid', IS_LONG, async () => {
    const file = files.write(
      'works-on.target.mjs',
      `import pg from 'pg';
      import seats from ${JSON.stringify(example('seats/seats.target.ts'))};
      export default {
        ...seats,
        async open(settings) {
          const instance = await seats.open(settings);
          const { connectionString } = settings;
          const url = new URL(connectionString);
          url.searchParams.set('application_name', 'mine');
          const client = new pg.Client({ connectionString: url.href });
          await client.connect();
          client.on('error', () => undefined);
          return {
            ...instance,
            assign: (call) => instance.assign(call),
            async close() {
              client.query('select pg_sleep(6)').catch(() => undefined);
              await new Promise((resolve) => setTimeout(resolve, 100));
              await instance.close();
            },
          };
        },
      };`,
    );
    const run = await onlyRun(file, ['--scenario', 'overflow', ...SMALL]);
    expect(run.verdict).toBe('unknown');
    expect(run.notes.join('\n')).toMatch(
      /not quiet: sessions of the same role were at work in the database after the workers had ended: [1-9]/,
    );
  });

  it('by never answering is given up at the deadline, and nothing is called proven', async () => {
    const file = files.write('hangs.target.mjs', bare('assign: () => new Promise(() => undefined)'));
    const flags = ['--scenario', 'overflow', '--contents', '4', '--timeout', '200ms', ...SMALL];
    const run = await onlyRun(file, flags);
    expect(run).toMatchObject({ verdict: 'unknown', outcomes: { unknown: 4 }, errorsByCode: { timeout: 4 } });
  });
});

it('has its promises said where its file has none, and what is not asked', async () => {
  const file = files.write(
    'silent.target.mjs',
    bare("assign: async () => ({ outcome: 'error', code: 'shut' })"),
  );
  const run = await onlyRun(file, ['--scenario', 'overflow', ...SMALL]);
  expect(run.notes.join('\n')).toContain('promises nothing: idempotent and truthful no_slot were assumed');
  expect(run.notAsked.map(({ name }) => name)).toContain('acknowledged-is-stored');
  expect(run.errorsByCode).toEqual({ shut: 30 });
});

it('is refused what it cannot do', async () => {
  const once = files.write(
    'once.target.mjs',
    bare('assign: async () => ({})', 'promises: { idempotent: false },'),
  );
  const refused: readonly (readonly [string, readonly string[], string])[] = [
    [once, ['--scenario', 'idempotent-duplicates'], 'once is not idempotent'],
    [once, ['--scenario', 'overflow', '--advisory-locks'], '--advisory-locks: once has no such option'],
    [once, ['--scenario', 'overflow', '--fault', 'lock-slots'], 'lock-slots: once has no statement'],
    [
      example('vouchers/vouchers.target.json'),
      ['--scenario', 'sustained', '--bulk', '5'],
      'vouchers is one statement',
    ],
  ];
  for (const [file, flags, why] of refused) {
    const { code, stderr } = await runOn(file, flags);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) as string });
  }
});

it("is not taken to the environment's database", IS_LONG, async () => {
  const nowhere = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', PGHOST: '127.0.0.1', PGPORT: '1' };
  const home = { ELS_ASSIGN_HOME: inject('embeddedHome') };
  const args = ['run', '--strategy', example('seats/seats.target.ts'), '--scenario', 'overflow', ...SMALL];
  const { stdout } = await runHosted([...args, '--quiet'], { ...nowhere, ...home });
  expect(stdout).toMatch(/\(embedded\)[^]*verdict valid/);
});
