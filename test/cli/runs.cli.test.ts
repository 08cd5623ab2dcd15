import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registerBatches } from '#els/targets/els/batches/register.js';
import type { Finished } from '../support/command-line.js';
import { expectPublishedSchema } from '../support/published-schema.js';
import { linesOf, runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { startGroup, until, type CommandGroup } from './signalled.js';
import { IS_LONG } from '../support/long.js';

// Who kills a command leaves rows behind: they are named, and can be removed without touching anybody else's.

const database = useOwnDatabase();
const PATIENCE = { timeout: 120_000 };
const FEW = ['--workers', '2', '--connections', '2', '--quiet', '--json'];
const LONG = ['run', '--scenario', 'sustained', '--duration', '100s', '--batches', '20', '--slots', '500'];

interface Held {
  readonly runId: string;
  readonly state: string;
  readonly command: string | null;
  readonly pid: number | null;
  readonly warmsUp: string | null;
  readonly keep: boolean;
  readonly counts: Readonly<Record<string, number>>;
}

async function heldRuns(): Promise<Held[]> {
  const { code, stdout } = await database.run(['runs', '--json']);
  expect(code).toBe(0);
  const document = JSON.parse(stdout) as { heldRuns: Held[] };
  expectPublishedSchema(document);
  return document.heldRuns;
}

async function clean(...args: string[]): Promise<{ removed: Held[]; leftAtWork: number }> {
  const { code, stdout } = await database.run(['clean', ...args, '--json']);
  expect(code).toBe(0);
  const document = JSON.parse(stdout) as { removed: Held[]; leftAtWork: number };
  expectPublishedSchema(document);
  return document;
}

const start = (...args: string[]) => startGroup(database.withSchema(args), { DATABASE_URL: database.url });

/** Starts a command and waits until it has assigned something. */
async function startAtWork(...args: string[]): Promise<{ group: CommandGroup; runId: string }> {
  const before = new Set((await heldRuns()).map(({ runId }) => runId));
  const group = start(...args);
  let runId = '';
  await until(
    async () => {
      const rows = await database.query<{ run_id: string }>(
        `select distinct run_id from run_batches join essay_states using (batch_id)
       where text_storage_id is not null and run_id not like '%warm-up'`,
      );
      runId = rows.find((row) => !before.has(row.run_id))?.run_id ?? '';
      return runId !== '';
    },
    `${args.join(' ')} was at work`,
  );
  return { group, runId };
}

const untilState = (runId: string, state: string) =>
  until(
    async () => (await heldRuns()).find((run) => run.runId === runId)?.state === state,
    `run ${runId} was ${state}`,
  );

/** Rows in all tables whose ids begin with a run's. */
async function rowsOf(runId: string): Promise<number | undefined> {
  const [row] = await database.query<{ n: number }>(
    `select (
      (select count(*) from batch_essay_trackers where starts_with(batch_id, $1))
      + (select count(*) from slot_assignments where starts_with(internal_essay_id, $1))
      + (select count(*) from essay_states where starts_with(batch_id, $1))
      + (select count(*) from event_outbox where starts_with(aggregate_id, $1))
      + (select count(*) from run_batches where starts_with(run_id, $1))
      + (select count(*) from runs where starts_with(run_id, $1))
    )::integer as n`,
    [runId],
  );
  return row?.n;
}

/** A run that was interrupted is never called valid: what it did until then is to hold. */
function expectSoundUntilStopped(finished: Finished): void {
  const { runs } = runDocumentOf(finished);
  expect(runs).toHaveLength(1);
  expect(runs[0]?.invariants.filter(({ passed }) => !passed)).toEqual([]);
  expect(runs[0]?.invariants.length).toBeGreaterThan(5);
}

async function keepRun(): Promise<string> {
  const before = new Set((await heldRuns()).map(({ runId }) => runId));
  const load = ['run', '--strategy', 'cte', '--scenario', 'overflow', '--keep', ...FEW];
  runDocumentOf(await database.run(load));
  return (await heldRuns()).find(({ runId }) => !before.has(runId))?.runId ?? '';
}

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
});

afterEach(async () => {
  await database.query('delete from runs');
  await database.query(
    'truncate run_batches, event_outbox, essay_states, slot_assignments, batch_essay_trackers',
  );
});

it('batches that a service registered by the library are removed by name alone, and migrated with all others', async () => {
  const owned = {
    runId: 'a-service',
    strategy: 'cte',
    inventory: 'slots' as const,
    batchIds: ['theirs'],
    slots: 2,
  };
  const client = await database.connect();
  await registerBatches(client, owned).finally(() => client.end());
  expect(await clean('--older-than', '0s')).toMatchObject({ removed: [] });
  const migrated = await database.run(['migrate', '--all', '--to', 'essays', '--json']);
  expect(JSON.parse(migrated.stdout)).toMatchObject({
    batches: [{ batchId: 'theirs', outcome: 'migrated' }],
  });
  expect(await clean('a-service')).toMatchObject({ removed: [{ runId: 'a-service', command: null }] });
});

it('a killed run is named and removed; one at work and one that was kept stay', PATIENCE, async () => {
  const kept = await keepRun();
  const killed = await startAtWork(...LONG, '--strategy', 'cte', ...FEW);
  killed.group.signal('SIGKILL');
  await untilState(killed.runId, 'abandoned');
  const working = await startAtWork(...LONG, '--strategy', 'inventory', ...FEW);

  const runs = await heldRuns();
  const byId = Object.fromEntries(runs.map((run) => [run.runId, run]));
  expect(byId[kept]).toMatchObject({ state: 'kept', keep: true, command: 'run', warmsUp: null });
  expect(byId[killed.runId]).toMatchObject({ state: 'abandoned', keep: false, command: 'run' });
  expect(byId[killed.runId]).toMatchObject({
    strategy: 'cte',
    counts: { batches: 20, slots: 10_000, essays: 10_000, events: expect.any(Number) as number },
  });
  expect(byId[`${killed.runId}-warm-up`]).toMatchObject({ state: 'abandoned', warmsUp: killed.runId });
  expect(byId[working.runId]).toMatchObject({ state: 'at work', strategy: 'inventory' });
  const text = (await database.run(['runs'])).stdout;
  expect(text).toContain(killed.runId);
  expect(text).toMatch(/holds 5 runs: 2 at work, 1 kept, 2 abandoned\n$/);

  const notice =
    /^2 abandoned runs are in schema .*: els-assign runs lists them, els-assign clean --abandoned removes them$/;
  for (const args of [['setup'], ['verify', '--allow-inconclusive'], ['migrate', '--all', '--to', 'slots']]) {
    expect(linesOf((await database.run(args)).stderr)).toEqual([expect.stringMatching(notice)]);
  }

  const refused = await database.run(['clean', killed.runId, working.runId]);
  expect(refused.code).toBe(2);
  expect(linesOf(refused.stderr)[0]).toMatch(
    /is at work: els-assign run has it under way \(process \d+ on .+accepted: /,
  );
  expect(await rowsOf(killed.runId)).toBeGreaterThan(20_000);

  expect((await clean('--abandoned', '--dry-run')).removed).toHaveLength(2);
  expect(await rowsOf(killed.runId)).toBeGreaterThan(20_000);
  const { removed } = await clean('--abandoned');
  expect(removed.map(({ runId }) => runId)).toEqual([killed.runId, `${killed.runId}-warm-up`]);
  expect(await rowsOf(killed.runId)).toBe(0);

  working.group.signalGroup('SIGINT');
  expectSoundUntilStopped(await working.group.end());
  expect(await heldRuns()).toMatchObject([{ runId: kept, state: 'kept' }]);
  expect((await database.run(['setup'])).stderr).toBe('');
  expect((await clean(kept)).removed).toMatchObject([{ runId: kept }]);
  expect(await rowsOf('')).toBe(0);
});

it('a run that lost the session of its lock is still at work', { ...PATIENCE, ...IS_LONG }, async () => {
  const { group, runId } = await startAtWork(...LONG, '--strategy', 'cte', ...FEW);
  const ended = await database.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'els-assign at work'
       and datname = current_database()`,
  );
  expect(ended).toHaveLength(1);
  await untilState(runId, 'at work');
  group.signalGroup('SIGINT');
  expectSoundUntilStopped(await group.end());
  expect(await rowsOf('')).toBe(0);
});

it('clean leaves a run alone whose lock comes back', { ...PATIENCE, ...IS_LONG }, async () => {
  const { group, runId } = await startAtWork(...LONG, '--strategy', 'cte', ...FEW);
  // Who waits for the lock before it is lost gets it: until it is given up, the command cannot have it back.
  const holder = await database.connect();
  const taken = holder.query(
    `select pg_advisory_lock(
       hashtextextended('command', hashtextextended(command_id, hashtextextended(current_schema(), 0)))
     ) from runs where run_id = $1`,
    [runId],
  );
  const waits = `select 1 from pg_locks where locktype = 'advisory' and not granted and mode = 'ExclusiveLock'`;
  await until(async () => (await database.query(waits)).length > 0, 'somebody waited for the lock');
  await database.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where application_name = 'els-assign at work' and datname = current_database()`,
  );
  await taken;
  await untilState(runId, 'abandoned');
  const cleaning = clean('--abandoned');
  await sleep(1_500);
  await holder.end();
  expect(await cleaning).toMatchObject({ removed: [], leftAtWork: 2 });
  group.signalGroup('SIGINT');
  expectSoundUntilStopped(await group.end());
  expect(await rowsOf('')).toBe(0);
});

it('a killed proof is named as one run, and removed', { ...PATIENCE, ...IS_LONG }, async () => {
  const { group, runId } = await startAtWork('prove', '--strategy', 'legacy', '--quiet');
  const sessions = `select 1 from pg_stat_activity where application_name = 'els-assign ' || $1 || '/prove'`;
  expect(await database.query(sessions, [runId])).not.toEqual([]);
  group.signal('SIGKILL');
  await untilState(runId, 'abandoned');
  expect(await heldRuns()).toMatchObject([{ runId, command: 'prove', strategy: 'legacy', scenario: null }]);
  await clean('--abandoned');
  expect(await rowsOf('')).toBe(0);
});

describe('clean', () => {
  it('takes what is older than it is told to, kept or not', { ...PATIENCE, ...IS_LONG }, async () => {
    const [old, young] = [await keepRun(), await keepRun()];
    await database.query(`update runs set started_at = now() - interval '25 hours' where run_id = $1`, [old]);
    expect((await clean('--older-than', '1d', '--abandoned')).removed).toEqual([]);
    expect((await clean('--older-than', '1d')).removed).toMatchObject([{ runId: old, state: 'kept' }]);
    expect(await heldRuns()).toMatchObject([{ runId: young }]);
    const { code, stdout } = await database.run(['clean', young]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\S+ {2}kept · batches 1 · slots 15 · essays 15 · events 16\n1 run removed of schema .+\n$/,
    );
  });

  it.each([
    [['clean'], 'no run is named; accepted: ids of runs, or --abandoned, --older-than'],
    [['clean', 'x', '--abandoned'], 'runs are named beside --abandoned or --older-than; accepted: '],
    [
      ['clean', '--older-than', 'soon'],
      '--older-than is "soon"; accepted: a whole number of at most 9 digits with its unit',
    ],
    [['clean', 'nowhere'], 'run "nowhere" is not in schema '],
  ])('refuses %j in one line', async (args, says) => {
    const { code, stderr, stdout } = await database.run(args);
    expect({ code, stdout, lines: linesOf(stderr).length }).toEqual({ code: 2, stdout: '', lines: 1 });
    expect(stderr).toContain(says);
    expect(stderr).toContain('accepted: ');
  });
});
