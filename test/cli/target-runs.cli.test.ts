import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Finished } from '../support/command-line.js';
import { runHosted } from '../support/hosted-command.js';
import { IS_LONG } from '../support/long.js';
import { expectPublishedSchema } from '../support/published-schema.js';
import { failureDocumentOf, linesOf, runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { childrenOf, startGroup, until } from './signalled.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { verifiedBy, violatedIn } from './verify-document.js';

// What runs of a target on tables of its own leave: it is named, verified, and removed by that target's `remove` alone.

const database = useOwnDatabase();
const files = useTemporaryFolder();
const SMALL = ['--workers', '2', '--connections', '2', '--quiet', '--json'];
const PATIENCE = { timeout: 120_000 };

const example = (path: string) => fileURLToPath(new URL(`../../docs/examples/${path}`, import.meta.url));

/** A copy of the seats' example, in a folder of its own. */
function copyOfSeats(folder: string): string {
  const path = files.path(`${folder}/seats.target.ts`);
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(example('seats/seats.target.ts'), path);
  copyFileSync(example('seats/schema.sql'), files.path(`${folder}/schema.sql`));
  return path;
}

const on = (command: string, ...args: string[]) =>
  database.run([command, '--database-url', database.url, ...args]);

/** Makes a run that keeps its batches, and returns its id. */
async function keep(file: string, ...flags: string[]): Promise<string> {
  const load = ['--scenario', 'overflow', '--keep', ...flags, ...SMALL];
  const finished = await on('run', '--strategy', file, ...load);
  // Not its gates: they are of a machine's speed.
  const verdicts = runDocumentOf(finished).runs.map(({ verdict }) => verdict);
  if (verdicts.join() !== 'valid') throw new Error(`${finished.stderr}${finished.stdout}`.slice(0, 2_000));
  const [run] = await database.query<{ run_id: string }>(
    'select run_id from runs where warms_up is null order by started_at desc limit 1',
  );
  return run?.run_id ?? '';
}

interface Held {
  readonly runId: string;
  readonly state: string;
  readonly strategy: string;
  readonly file: string | null;
  readonly database: string | null;
  readonly warmsUp: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

function heldIn({ code, stdout, stderr }: Finished): Held[] {
  if (code !== 0) throw new Error(stderr);
  const document = JSON.parse(stdout) as { heldRuns: Held[] };
  expectPublishedSchema(document);
  return document.heldRuns;
}

const seatsOf = (runId: string) =>
  database.query('select 1 from public.seats where starts_with(event_id, $1)', [runId]);
const recordsOf = (runId: string) => database.query('select 1 from run_batches where run_id = $1', [runId]);
/** Rows of the seats' table and records of a run. */
const leftOf = async (runId: string) => ({
  rows: (await seatsOf(runId)).length > 0,
  records: (await recordsOf(runId)).length > 0,
});
const ALL_LEFT = { rows: true, records: true };
const NOTHING_LEFT = { rows: false, records: false };

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
});
/** So that what one test left is no other's. */
afterEach(async () => {
  await database.query('delete from run_batches');
  await database.query('delete from runs');
});

describe('runs that were kept', PATIENCE, () => {
  it('are listed with their file, and removed by its remove, which is told before it runs', async () => {
    const file = copyOfSeats('removed');
    const runId = await keep(file);
    const held = heldIn(await on('runs', '--json'));
    expect(held).toMatchObject([
      { runId, state: 'kept', strategy: 'seats', file, database: null, counts: { batches: 1 } },
    ]);
    const listed = await on('runs');
    expect(listed.stdout).toContain(file);

    const dry = await on('clean', runId, '--dry-run');
    expect(dry.stderr).toMatch(
      /^remove of seats in .*removed\/seats\.target\.ts would be run: batches 1 of run r/,
    );
    expect(await leftOf(runId)).toEqual(ALL_LEFT);

    const { code, stdout, stderr } = await on('clean', runId);
    expect({ code, left: await leftOf(runId) }).toEqual({ code: 0, left: NOTHING_LEFT });
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^remove of seats in .*removed\/seats\.target\.ts is run: /),
    ]);
    expect(stdout).toContain('1 run removed');
  });

  it('are named and left where the file is gone, and removed by the file that is given', async () => {
    const file = copyOfSeats('gone');
    const runId = await keep(file);
    renameSync(files.path('gone'), files.path('moved'));
    const gone = await on('clean', runId, '--json');
    expect({ code: gone.code, left: await leftOf(runId) }).toEqual({ code: 2, left: ALL_LEFT });
    const document = JSON.parse(gone.stdout) as { removed: Held[]; left: { batchIds: string[] }[] };
    expectPublishedSchema(document);
    expect(document.removed).toEqual([]);
    expect(document.left).toMatchObject([
      { runIds: [runId], file, batches: 1, batchIds: [`${runId}-b00001`] },
    ]);
    expect(linesOf(gone.stderr).at(-1)).toMatch(
      /^1 batch of run \S+ left \(\S+\): target file .*accepted: --strategy FILE, where target seats is now$/,
    );
    const moved = files.path('moved/seats.target.ts');
    const done = await on('clean', '--older-than', '0s', '--strategy', moved);
    expect({ code: done.code, left: await leftOf(runId) }).toEqual({ code: 0, left: NOTHING_LEFT });
    expect(done.stderr).toContain(`remove of seats in ${moved} is run`);
  });

  it('are left where the file that is given is another target’s, and the records stay', async () => {
    const runId = await keep(copyOfSeats('own'));
    const namesake = copyOfSeats('namesake');
    const other = files.write(
      'namesake/other.target.ts',
      readFileSync(namesake, 'utf8').replace("name: 'seats'", "name: 'other'"),
    );
    for (const file of [namesake, other]) {
      const { code, stderr } = await on('clean', runId, '--strategy', file);
      expect({ code, left: await leftOf(runId) }).toEqual({ code: 2, left: ALL_LEFT });
      expect(linesOf(stderr)).toEqual([
        expect.stringMatching(
          /^1 batch of run .* left .*: its target is seats of ".*own\/seats.target.ts", .*accepted: /,
        ),
      ]);
    }
    // What the selection takes besides goes by its own file.
    const { code, stderr } = await on('clean', '--older-than', '0s', '--strategy', namesake);
    expect({ code, left: await leftOf(runId) }).toEqual({ code: 0, left: NOTHING_LEFT });
    expect(stderr).toMatch(/^remove of seats in .*own\/seats\.target\.ts is run: /);
  });

  it('are left where remove throws, and the records stay', async () => {
    const file = copyOfSeats('throws');
    const runId = await keep(file);
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('async remove({ client }, batchIds) {', "$& throw new Error('locked');"),
    );
    const { code, stderr } = await on('clean', runId);
    expect({ code, left: await leftOf(runId) }).toEqual({ code: 3, left: ALL_LEFT });
    expect(stderr).toContain('locked');
    writeFileSync(file, text);
    expect((await on('clean', runId)).code).toBe(0);
  });

  it('are left, with their records, while a session of their role may still write', async () => {
    copyOfSeats('works-on');
    const file = files.write(
      'works-on/late.target.mjs',
      `import pg from 'pg';
      import seats from './seats.target.ts';
      export default {
        ...seats,
        name: 'late',
        async open(settings) {
          const instance = await seats.open(settings);
          return {
            ...instance,
            async close() {
              const url = new URL(settings.connectionString);
              url.searchParams.set('application_name', 'mine');
              const client = new pg.Client({ connectionString: url.href });
              client.on('error', () => undefined);
              await client.connect();
              client.query('select pg_sleep(12)').catch(() => undefined);
              await new Promise((resolve) => setTimeout(resolve, 100));
              await instance.close();
            },
          };
        },
      };`,
    );
    const { runs } = runDocumentOf(await on('run', '--strategy', file, '--scenario', 'overflow', ...SMALL));
    const [recorded] = await database.query<{ run_id: string }>(
      'select run_id from runs where warms_up is null',
    );
    const runId = recorded?.run_id ?? '';
    expect(runs[0]?.notes.join('\n')).toMatch(/batches of run \S+ are left.*: not quiet: sessions/);
    expect(await leftOf(runId)).toEqual(ALL_LEFT);

    const working = new pg.Client({ connectionString: database.url, application_name: 'mine' });
    await working.connect();
    await working.query('begin');
    const busy = await on('clean', runId);
    expect({ code: busy.code, left: await leftOf(runId) }).toEqual({ code: 3, left: ALL_LEFT });
    expect(linesOf(busy.stderr).at(-1)).toMatch(/^\d+ batch.* left .*: not quiet: sessions of the same role/);
    await working.end();
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mine'",
    );
    const quiet = await on('clean', runId);
    expect({ code: quiet.code, left: await leftOf(runId) }).toEqual({ code: 0, left: NOTHING_LEFT });
  });

  it('are left where remove fails, and a run says so by its exit code, with what it measured', async () => {
    const failing = `export default { async register() {}, async remove() { throw new Error('no') }, open: () => ({
      assign: async () => ({ outcome: 'error', code: 'shut' }) }) };`;
    const file = files.write('failing.target.mjs', failing);
    const finished = await on('run', '--strategy', file, '--scenario', 'overflow', ...SMALL);
    const { runs, error } = failureDocumentOf(finished);
    expect({ exit: finished.code, code: error.code }).toEqual({ exit: 3, code: 'target_failed' });
    expect(error.message).toMatch(/failing\.target\.mjs": remove failed: no$/);
    expect(runs[0]?.notes.join()).toMatch(/rows of run \S+ are left: target file .* remove failed: no$/);
  });

  it('are left where there is no remove, and a run says so', IS_LONG, async () => {
    const bare = `export default { async register() {}, open: () => ({
      assign: async () => ({ outcome: 'error', code: 'shut' }) }) };`;
    const file = files.write('bare.target.mjs', bare);
    const finished = await on('run', '--strategy', file, '--scenario', 'overflow', ...SMALL);
    const [run] = runDocumentOf(finished).runs;
    expect(run?.notes.join()).toMatch(/batches of run \S+ are left: bare has no remove/);
    const held = heldIn(await on('runs', '--json')).filter(({ strategy }) => strategy === 'bare');
    expect(held).toMatchObject([{ state: 'kept', counts: { batches: 1 } }]);
    const { code, stderr } = await on('clean', '--older-than', '0s');
    expect({ code, records: (await recordsOf(held[0]?.runId ?? '')).length }).toEqual({
      code: 2,
      records: 1,
    });
    expect(stderr).toMatch(/bare.*has no remove; accepted: /);
  });

  it('are left to a command whose database the environment names', async () => {
    const runId = await keep(copyOfSeats('named'));
    const { code, stderr } = await database.run(['clean', runId]);
    expect({ code, left: await leftOf(runId) }).toEqual({ code: 2, left: ALL_LEFT });
    expect(stderr).toContain('accepted: --database-url, or databaseUrlVariable');
    expect((await on('clean', runId)).code).toBe(0);
  });

  it('stay when runs on the tool’s own tables are removed', IS_LONG, async () => {
    const runId = await keep(copyOfSeats('both'));
    await keep('cte');
    rmSync(files.path('both/seats.target.ts'));
    const { code, stdout } = await on('clean', '--older-than', '0s');
    expect({ code, left: await leftOf(runId) }).toEqual({ code: 2, left: ALL_LEFT });
    expect(stdout).toContain('1 run removed');
    expect(await database.query('select 1 from batch_essay_trackers')).toEqual([]);
    expect((await on('clean', runId, '--strategy', copyOfSeats('again'))).code).toBe(0);
  });
});

describe('verify', PATIENCE, () => {
  it('asks a target of what is in the database, and of the calls of a run', async () => {
    const file = copyOfSeats('verified');
    const history = files.path('calls.ndjson');
    const runId = await keep(file, '--history', history);
    const sound = verifiedBy(await on('verify', '--strategy', file, '--json'));
    expect(sound).toMatchObject({ code: 0, verdict: 'valid', checked: [{ target: 'seats', batches: 1 }] });
    expect(sound.checked[0]?.invariants.map(({ name }) => name)).toEqual([
      'slot-given-once',
      'content-holds-one',
    ]);
    const told = await on('verify', '--history', history, '--json');
    expect(verifiedBy(told)).toMatchObject({ code: 0, verdict: 'valid', checked: [{ runId }] });
    expect(told.stderr).toContain(`of seats in ${file} are run`);

    await database.query('update public.seats set customer = null where number = 1');
    const lost = verifiedBy(await on('verify', '--history', history, '--json'));
    expect({ code: lost.code, violated: violatedIn(lost) }).toEqual({
      code: 1,
      violated: expect.arrayContaining(['acknowledged-is-stored']) as string[],
    });
    await database.query('alter table public.seats drop constraint seats_event_id_customer_key');
    await database.query(
      'update public.seats set customer = (select max(customer) from public.seats) where number < 3',
    );
    const twice = verifiedBy(await on('verify', '--strategy', file, '--json'));
    expect({ code: twice.code, violated: violatedIn(twice) }).toEqual({
      code: 1,
      violated: ['content-holds-one'],
    });

    renameSync(file, files.path('verified/other.target.ts'));
    const gone = await on('verify', '--history', history);
    expect({ code: gone.code, stdout: gone.stdout }).toEqual({ code: 2, stdout: '' });
    expect(linesOf(gone.stderr).at(-1)).toMatch(/accepted: --strategy FILE, .*, or --history-only$/);
    const other = files.path('verified/other.target.ts');
    expect((await on('verify', '--history', history, '--strategy', other)).code).toBe(1);
    expect((await on('clean', runId, '--strategy', other)).code).toBe(0);
    const after = verifiedBy(await on('verify', '--strategy', other, '--json'));
    expect(after).toMatchObject({ code: 1, verdict: 'unknown', checked: [{ batches: 0 }] });
  });

  it('asks nothing of a target about what another file of its name left', IS_LONG, async () => {
    const history = files.path('own-calls.ndjson');
    await keep(copyOfSeats('mine'), '--history', history);
    const namesake = copyOfSeats('yours');
    const rows = verifiedBy(await on('verify', '--strategy', namesake, '--json'));
    expect(rows).toMatchObject({ code: 1, verdict: 'unknown', checked: [{ batches: 0 }] });
    const calls = await on('verify', '--history', history, '--strategy', namesake);
    expect({ code: calls.code, lines: linesOf(calls.stderr) }).toEqual({
      code: 2,
      lines: [expect.stringContaining('its target is seats of')],
    });
  });

  it('takes a target for what it is, whatever its name', IS_LONG, async () => {
    const file = copyOfSeats('named-so');
    writeFileSync(file, readFileSync(file, 'utf8').replace("name: 'seats'", "name: 'built-in'"));
    const history = files.path('named-so.ndjson');
    await keep(file, '--history', history);
    const { code, stderr } = await on('verify', '--history', history);
    expect({ code, lines: linesOf(stderr) }).toEqual({
      code: 0,
      lines: [expect.stringMatching(/^assignments and audits of built-in in .* are run$/)],
    });
  });

  it('asks the audits of a target of statements', IS_LONG, async () => {
    const file = example('vouchers/vouchers.target.json');
    const runId = await keep(file);
    expect(verifiedBy(await on('verify', '--strategy', file, '--json'))).toMatchObject({ verdict: 'valid' });
    await database.query('update public.vouchers set taken_at = null');
    const [audit] = readdirSync(example('vouchers/audits'));
    const half = verifiedBy(await on('verify', '--strategy', file, '--json'));
    expect(violatedIn(half)).toEqual([audit?.replace('.sql', '')]);
    expect((await on('clean', runId)).code).toBe(0);
  });

  it('refuses a strategy on the tool’s own tables', async () => {
    for (const command of ['verify', 'clean']) {
      const named = command === 'clean' ? ['r1'] : [];
      const { code, stderr } = await on(command, ...named, '--strategy', 'cte');
      expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 2, lines: 1 });
      expect(stderr).toContain('accepted: the file of a target with tables of its own');
    }
  });
});

it(
  'on the embedded server are found in every database of the tool',
  { ...PATIENCE, ...IS_LONG },
  async () => {
    const schema = `runs_${randomBytes(4).toString('hex')}`;
    const els = (command: string, ...args: string[]) =>
      runHosted([command, '--schema', schema, ...args], { ELS_ASSIGN_HOME: inject('embeddedHome') });
    const nothing = await els('runs');
    expect({ code: nothing.code, stderr: nothing.stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('els-assign setup') as string,
    });
    const seats = copyOfSeats('embedded');
    for (const file of [seats, example('vouchers/vouchers.target.json')]) {
      const finished = await els('run', '--strategy', file, '--scenario', 'overflow', '--keep', ...SMALL);
      expect(runDocumentOf(finished).runs).toMatchObject([{ verdict: 'valid' }]);
    }
    const held = heldIn(await els('runs', '--json'));
    expect(held.map(({ strategy, database: name, counts }) => [strategy, name, counts])).toEqual([
      ['seats', expect.stringMatching(/^target_seats_/), { batches: 1 }],
      ['vouchers', expect.stringMatching(/^target_vouchers_/), { batches: 1 }],
    ]);
    expect((await els('runs')).stdout).toMatch(/target_seats_\w+ /);
    const verified = verifiedBy(await els('verify', '--strategy', seats, '--json'));
    expect(verified).toMatchObject({ verdict: 'valid', checked: [{ batches: 1 }] });
    const { code, stderr } = await els('clean', '--older-than', '0s');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^remove of seats in .* in database target_seats_/);
    expect(heldIn(await els('runs', '--json'))).toEqual([]);
  },
);

describe('a role that may not create the tool’s schema', () => {
  const role = `runner_${randomBytes(4).toString('hex')}`;
  const schema = `none_${randomBytes(4).toString('hex')}`;
  afterAll(async () => {
    await database.query(`drop owned by ${role} cascade`);
    await database.query(`drop role ${role}`);
  });

  it('runs without a record, is told so, and leaves nothing', PATIENCE, async () => {
    await database.query(`create role ${role} login password 'secret'`);
    await database.query('create schema if not exists venue');
    await database.query(`grant usage, create on schema venue to ${role}`);
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: 'secret' });
    await database.query(`alter role ${role} set search_path = venue`);
    const load = ['--strategy', copyOfSeats('role'), '--scenario', 'overflow', '--schema', schema];
    const finished = await database.run(['run', '--database-url', url.href, ...load, ...SMALL]);
    const { runs } = runDocumentOf(finished);
    expect(runs).toMatchObject([{ verdict: 'valid' }]);
    expect(runs[0]?.notes.join('\n')).toMatch(
      /runs and clean will not know of this run, .* may not create it/,
    );
    expect(await database.query('select 1 from venue.seats')).toEqual([]);
    expect(await database.query('select 1 from pg_namespace where nspname = $1', [schema])).toEqual([]);
  });
});

it(
  'a command that is killed leaves no process, a run that is named, and rows that clean removes',
  PATIENCE,
  async () => {
    const file = copyOfSeats('killed');
    const load = ['run', '--strategy', file, '--scenario', 'sustained', '--duration', '100s', ...SMALL];
    const group = startGroup(database.withSchema([...load, '--database-url', database.url]), {});
    await until(async () => {
      const taken = `select 1 from public.seats join run_batches on event_id = batch_id
      where customer is not null and run_id not like '%warm-up'`;
      return (await database.query(taken)).length > 0;
    }, 'seats were taken');
    expect(childrenOf(group.pid).length).toBeGreaterThanOrEqual(3);
    group.signal('SIGKILL');
    await group.end();
    await until(() => Promise.resolve(!group.isLeft()), 'no process was left');

    const held = heldIn(await on('runs', '--json'));
    const run = held.find(({ warmsUp }) => warmsUp === null);
    expect(run).toMatchObject({ state: 'abandoned', strategy: 'seats', file });
    const runId = run?.runId ?? '';
    expect(await leftOf(runId)).toEqual(ALL_LEFT);
    const notice = await on('verify', '--strategy', file);
    expect(notice.stderr).toMatch(/abandoned runs? (is|are) in schema .*clean --abandoned removes them/);
    const { code } = await on('clean', '--abandoned');
    expect({ code, left: await leftOf(runId) }).toEqual({ code: 0, left: NOTHING_LEFT });
    expect(heldIn(await on('runs', '--json'))).toEqual([]);
  },
);
