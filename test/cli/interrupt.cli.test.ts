import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import type { Finished } from '../support/command-line.js';
import { compareDocumentOf, linesOf, runDocumentOf, sweepDocumentOf } from './document.js';
import { chooseSeed, drawFrom } from '../support/draws.js';
import { STRATEGIES } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import {
  childrenOf,
  expectNobodyLeft,
  expectNoRowLeft,
  startGroup,
  until,
  untilUnderWay,
} from './signalled.js';
import { IS_LONG, eachLongButFirst } from '../support/long.js';

const database = useOwnDatabase();

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
});

const FEW = ['--workers', '2', '--connections', '4'];
/** More batches than 30 s fill, and fewer than registering takes long. */
const SUSTAINED = [
  ...['run', '--scenario', 'sustained', '--duration', '30s', '--batches', '60', '--json'],
  ...FEW,
];

const start = (args: readonly string[], env: Record<string, string> = {}) =>
  startGroup(database.withSchema(args), { DATABASE_URL: database.url, ...env });

/** Expects one partial run in the document: part of its time, all of its calls judged. */
function expectPartialRun(finished: Finished, exitCode: number): void {
  expect(finished.code).toBe(exitCode);
  const { runs, passed } = runDocumentOf(finished);
  expect(runs.map(({ scenario }) => scenario)).toEqual(['sustained']);
  expect(runs[0]?.outcomes.created).toBeGreaterThan(0);
  expect(runs[0]?.durationMs).toBeLessThan(25_000);
  expect(runs[0]?.verdict).not.toBe('invalid');
  expect(passed).toBe(false);
}

describe('a run that a signal ends', () => {
  const strategy = drawFrom(chooseSeed()).pick(STRATEGIES);
  const signals = [
    { signal: 'SIGINT', to: 'signalGroup', code: 130 },
    { signal: 'SIGTERM', to: 'signalGroup', code: 143 },
    { signal: 'SIGTERM', to: 'signal', code: 143 },
  ] as const;
  eachLongButFirst(signals)(`shows what it has and leaves nothing: $signal, $to`, async (each) => {
    const { signal, to, code } = each;
    const group = start([...SUSTAINED, '--strategy', strategy, '--advisory-locks']);
    await untilUnderWay(database);
    group[to](signal);
    const finished = await group.end();

    await expectNobodyLeft(database, group);
    await expectNoRowLeft(database);
    expectPartialRun(finished, code);
    expect(finished.stderr).toContain(signal);
  });

  it('says as text that the results are partial, also where npx passes the signal on', IS_LONG, async () => {
    const group = start(SUSTAINED.filter((flag) => flag !== '--json'));
    await untilUnderWay(database);
    group.signalGroup('SIGINT');
    await sleep(20);
    group.signal('SIGINT');
    const { code, stdout, stderr } = await group.end();

    await expectNobodyLeft(database, group);
    await expectNoRowLeft(database);
    expect(stdout).toMatch(/success +[\d,]+\/[\d,]+/);
    expect(linesOf(stdout).at(-1)).toMatch(/^FAILED.* · 0 of 1 run complete, 1 cut off · .*partial/);
    expect(linesOf(stderr).at(-1)).toBe(
      'stopped by SIGINT after 0 of 1 run complete, 1 cut off; the results are partial',
    );
    expect(code).toBe(130);
  });
});

describe('a second Ctrl-C', () => {
  afterEach(() => database.run(['setup', '--reset']));

  it('kills at once, a worker that hangs too', IS_LONG, async () => {
    const group = start(SUSTAINED);
    await untilUnderWay(database);
    const [worker = 0] = childrenOf(group.pid);
    process.kill(worker, 'SIGSTOP');
    group.signalGroup('SIGINT');
    await sleep(700);
    const secondMs = performance.now();
    group.signalGroup('SIGINT');
    const { code, stdout } = await group.end();

    expect(performance.now() - secondMs).toBeLessThan(1_500);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    await until(() => Promise.resolve(!group.isLeft()), 'the killed were gone');
    await expectNobodyLeft(database, group);
  });
});

describe('a run that is interrupted before its load', () => {
  const MILLION = ['run', '--scenario', 'sustained', '--batches', '1', '--slots', '1000000', '--json'];
  const COPYING = `select 1 from pg_stat_activity
    where application_name = 'els-assign' and datname = current_database() and query like '%copy slot_assignments%'`;

  it('does not register the rest, and takes back what it had registered', async () => {
    const group = start(MILLION);
    await until(async () => (await database.query(COPYING)).length > 0, 'slots were copied');
    group.signalGroup('SIGINT');
    const { code, stdout } = await group.end();

    await expectNobodyLeft(database, group);
    await expectNoRowLeft(database);
    expect({ code, stdout: JSON.parse(stdout) as unknown }).toMatchObject({
      ...{ code: 130, stdout: { runs: [], passed: false } },
    });
  });
});

/** Waits until a call of the run waits for a lock. */
function untilBlocked(): Promise<void> {
  const waiting = `select 1 from pg_stat_activity
    where application_name like 'els-assign r%' and wait_event_type = 'Lock' and datname = current_database()`;
  return until(async () => (await database.query(waiting)).length > 0, 'a call was blocked');
}

/** Holds something that calls of the run need, in a transaction that stays open. */
async function holding(lock: (client: pg.Client) => Promise<unknown>): Promise<pg.Client> {
  const client = await database.connect();
  await client.query('begin');
  await lock(client);
  return client;
}

describe('a run whose calls a foreign session blocks', IS_LONG, () => {
  const HASTY = ['--timeout', '2s'];

  // An uncommitted row with the content of a delivery to come: its claim waits after it took its slot.
  const HOLD_POINT = `
    insert into essay_states (essay_id, batch_id, text_storage_id)
    select 'foreign ' || number || '-' || later, run_id || '-b' || lpad(number::text, 5, '0'),
      run_id || '-c' || lpad((number + 60 * later)::text, 7, '0')
    from (select distinct run_id from run_batches where run_id not like '%warm-up') run,
      generate_series(1, 60) as number, generate_series(100, 400, 50) as later
    where not exists (
      select 1 from essay_states
      where text_storage_id = run_id || '-c' || lpad((number + 60 * later)::text, 7, '0')
    )`;

  const LOCK_SLOTS = `
    select 1 from slot_assignments slot
    join batch_essay_trackers tracker on tracker.id = slot.batch_tracker_id
    where slot.status = 'available' and tracker.batch_id not like '%warm-up'
    for update of slot`;

  it('leaves no row when it is interrupted', async () => {
    const group = start([...SUSTAINED, '--strategy', 'inventory', ...HASTY]);
    await untilUnderWay(database);
    const foreign = await holding((client) => client.query(HOLD_POINT));
    await untilBlocked();
    group.signalGroup('SIGINT');
    const finished = await group.end();
    await foreign.query('rollback');
    await foreign.end();

    await expectNobodyLeft(database, group);
    await expectNoRowLeft(database);
    expectPartialRun(finished, 130);
  });

  it('ends and shows what it has while rows of the run stay locked', async () => {
    const group = start([...SUSTAINED, '--strategy', 'cte', ...HASTY]);
    await untilUnderWay(database);
    const foreign = await holding((client) => client.query(LOCK_SLOTS));
    await untilBlocked();
    group.signalGroup('SIGINT');
    const finished = await group.end();
    await foreign.query('rollback');
    await foreign.end();

    await expectNobodyLeft(database, group);
    await database.run(['setup', '--reset']);
    expectPartialRun(finished, 130);
  });
});

describe('a sweep that Ctrl-C ends', IS_LONG, () => {
  it('says after how many of its runs, and by what', async () => {
    const group = start([...SUSTAINED, '--strategy', 'cte', '--sweep', 'slots=500,501']);
    await untilUnderWay(database);
    group.signalGroup('SIGINT');
    const finished = await group.end();

    await expectNobodyLeft(database, group);
    expect(sweepDocumentOf(finished)).toMatchObject({ interrupted: 'SIGINT', plannedRuns: 2, passed: false });
    expect(linesOf(finished.stderr).at(-1)).toBe(
      'stopped by SIGINT after 0 of 2 runs complete, 1 cut off; the results are partial',
    );
    expect(finished.code).toBe(130);
  });
});

describe('a comparison that Ctrl-C ends', IS_LONG, () => {
  it('compares the runs that it has and leaves nothing', async () => {
    const flags = ['--scenario', 'overflow', '--rounds', '500', '--strategies', 'legacy,cte', ...FEW];
    const group = start(['compare', ...flags, '--json']);
    const runIds = "select distinct run_id from run_batches where run_id not like '%warm-up'";
    const seen = new Set<string>();
    await until(async () => {
      const rows = await database.query<{ run_id: string }>(runIds);
      for (const { run_id } of rows) seen.add(run_id);
      return seen.size >= 4;
    }, 'three runs had ended, of legacy at least one');
    group.signalGroup('SIGINT');
    const finished = await group.end();

    await expectNobodyLeft(database, group);
    await expectNoRowLeft(database);
    const { runs, comparison, passed } = compareDocumentOf(finished);
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect(runs.length).toBeLessThan(500);
    expect(comparison.baseline).toBe('legacy');
    expect({ code: finished.code, passed }).toEqual({ code: 130, passed: false });
  });
});
