import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readSql } from '#els/database/statement.js';
import { runHosted } from '../support/hosted-command.js';
import { expectRefused, type BadInput, type Untouched } from './bad-input.js';
import { runDocumentOf } from './document.js';
import { withDraws } from '../support/draws.js';
import { STRATEGIES } from './expected.js';
import { fingerprint, useOwnDatabase } from './own-database.js';
import { closedPort } from './ports.js';
import { until } from './signalled.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { verifiedBy, violatedIn, type Verified } from './verify-document.js';
import { IS_LONG, eachLongButFirst } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const scenario = files.write(
  'mixed.json',
  JSON.stringify({
    ...{ name: 'mixed', description: 'One full batch, one that is not.', batches: 2, slots: 5 },
    ...{ contents: 9, deliveries: 3, workers: 1, connections: 4 },
  }),
);

/** Runs the scenario and keeps its batches and its history; returns the history's path. */
async function keepRun(name: string, strategy = 'cte', more: readonly string[] = []): Promise<string> {
  const history = files.path(`${name}.ndjson`);
  rmSync(history, { force: true });
  const load = ['run', '--scenario', scenario, '--strategy', strategy, '--history', history, '--keep'];
  const document = runDocumentOf(await database.run([...load, '--json', '--quiet', ...more]));
  expect(document).toMatchObject({ passed: true, verdict: 'valid' });
  return history;
}

async function verify(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Verified> {
  await untilQuiet();
  return verifiedBy(await database.run(['verify', '--json', ...args], env));
}

const wholeSchema = (schema: string): Promise<Verified> => verify(['--schema', schema]);

/** Checks a history where no database is to be found. */
async function verifyCalls(history: string): Promise<Verified> {
  const nowhere = `postgres://nobody@127.0.0.1:${await closedPort()}/none`;
  return verifiedBy(
    await runHosted(['verify', '--json', '--history', history, '--history-only'], { DATABASE_URL: nowhere }),
  );
}

/** Runs SQL in a schema. */
async function inSchema(schema: string, ...statements: readonly string[]): Promise<void> {
  const client = await database.connect();
  await client.query(`set search_path to ${pg.escapeIdentifier(schema)}`);
  for (const sql of statements) await client.query(sql);
  await client.end();
}

/** `verify` takes a session that was at work within the last second for one that still is. */
const AT_WORK = `select 1 from pg_stat_activity where datname = $1 and backend_type = 'client backend'
  and state is distinct from 'idle in transaction'
  and (state is distinct from 'idle' or state_change > clock_timestamp() - interval '1 second')`;

/** Waits until nobody is at work but those who hold a transaction open. */
async function untilQuiet(): Promise<void> {
  // By way of another database, so that the asking is no work in this one.
  const elsewhere = new pg.Client(inject('databaseUrl'));
  await elsewhere.connect();
  const name = new URL(database.url).pathname.slice(1);
  await until(async () => (await elsewhere.query(AT_WORK, [name])).rows.length === 0, 'all was quiet');
  await elsewhere.end();
}

describe('verify on a schema', () => {
  it('says that nothing was verified where there is no batch, and does not pass', async () => {
    expect((await database.run(['setup', '--schema', 'nothing_yet'])).code).toBe(0);
    const found = await wholeSchema('nothing_yet');
    expect(found).toMatchObject({ code: 1, passed: false, verdict: 'unknown' });
    expect(found.checked[0]?.notes.join()).toContain('nothing was verified');
    expect(await verify(['--schema', 'nothing_yet', '--allow-inconclusive'])).toMatchObject({
      ...{ code: 0, passed: true, verdict: 'unknown' },
    });
  });

  it('accepts what every strategy left there, and finds one row that was spoilt', async () => {
    for (const strategy of STRATEGIES) await keepRun('all', strategy, ['--schema', 'filled']);
    const sound = await wholeSchema('filled');
    expect(sound).toMatchObject({ code: 0, passed: true, verdict: 'valid' });
    expect(sound.checked).toMatchObject([{ runId: null, batches: 2 * STRATEGIES.length, calls: null }]);
    expect(sound.checked[0]?.invariants.length).toBeGreaterThan(5);

    await inSchema(
      'filled',
      `delete from event_outbox where id = (select max(id) from event_outbox where aggregate_type = 'essay')`,
    );
    const spoilt = await wholeSchema('filled');
    expect(spoilt).toMatchObject({ code: 1, passed: false, verdict: 'invalid' });
    expect(violatedIn(spoilt)).toEqual(['one-event-per-assignment']);
    await untilQuiet();
    const text = await database.run(['verify', '--schema', 'filled']);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('✗ one-event-per-assignment is violated\n');
    expect(text.stdout).toMatch(/^FAILED {2}verdict invalid$/m);
  });

  it('accepts tables that this program did not create', async () => {
    await database.query('create schema of_a_service');
    await inSchema(
      'of_a_service',
      readSql('schema'),
      `insert into batch_essay_trackers (batch_id, expected_count, inventory) values ('b', 1, 'essays')`,
      `insert into essay_states (essay_id, batch_id) values ('e', 'b')`,
    );
    expect(await wholeSchema('of_a_service')).toMatchObject({ code: 0, verdict: 'valid' });
    await inSchema('of_a_service', `update essay_states set current_status = 'ready_for_processing'`);
    const found = violatedIn(await wholeSchema('of_a_service'));
    expect(found).toEqual(['nothing-half-assigned', 'one-completion-per-full-batch']);
  });

  it('does not call unfinished what others are at work on', async () => {
    const history = await keepRun('busy', 'cte', ['--schema', 'busy']);
    const forget = `update batch_essay_trackers set completed_at = null where completed_at is not null`;
    await inSchema('busy', forget);
    const other = await database.connect();
    await other.query('begin');
    await other.query('select 1');
    for (const args of [[], ['--history', history]]) {
      const found = await verify(['--schema', 'busy', ...args]);
      expect(found).toMatchObject({ code: 1, verdict: 'unknown' });
      expect(violatedIn(found)).toEqual(['one-completion-per-full-batch']);
      // A session that was just closed may not have left the server yet.
      expect(found.checked[0]?.notes.join()).toMatch(/other sessions are at work in this database: [1-9]/);
    }
    await other.end();
  });
});

describe('verify on a kept history', () => {
  eachLongButFirst(STRATEGIES)('accepts it with its database, and without any: %s', async (strategy) => {
    const history = await keepRun(`kept-${strategy}`, strategy, ['--schema', 'kept', '--workers', '2']);
    const calls = readFileSync(history, 'utf8').trimEnd().split('\n').length - 2;
    expect(calls).toBe(27);
    const both = await verify(['--schema', 'kept', '--history', history]);
    expect(both).toMatchObject({ code: 0, passed: true, checked: [{ batches: 2, calls, verdict: 'valid' }] });
    const alone = await verifyCalls(history);
    expect(alone).toMatchObject({
      code: 0,
      passed: true,
      checked: [{ batches: 2, calls, verdict: 'valid' }],
    });
    expect(alone.checked[0]?.runId).toBe(both.checked[0]?.runId);
    expect(alone.checked[0]?.invariants.length).toBeLessThan(both.checked[0]?.invariants.length ?? 0);
  });

  it('finds what is no longer in the database, and tells it as a timeline', IS_LONG, async () => {
    const history = await keepRun('lost', 'inventory', ['--schema', 'lost']);
    await inSchema(
      'lost',
      `update essay_states set current_status = 'uploaded', text_storage_id = null, version = 1
       where essay_id = (select min(essay_id) from essay_states where text_storage_id is not null)`,
    );
    const found = await verify(['--schema', 'lost', '--history', history]);
    expect(found).toMatchObject({ code: 1, verdict: 'invalid' });
    expect(violatedIn(found)).toContain('acknowledged-is-stored');
    const lost = found.checked[0]?.invariants.find(({ name }) => name === 'acknowledged-is-stored');
    expect(lost?.timeline[0]).toMatchObject({ kind: 'call', outcome: 'created' });
    expect(await verifyCalls(history)).toMatchObject({ code: 0, verdict: 'valid' });
  });

  it('finds a caller who was told something wrong, without a database', async () => {
    const lines = readFileSync(await keepRun('told', 'cte', ['--schema', 'told']), 'utf8').split('\n');
    // The first to start: told `created` instead, it makes no other `reused` too early.
    const startOf = (line: string) => (JSON.parse(line) as { startMicros: number }).startMicros;
    const reused = lines.filter((line) => line.includes('"outcome":"reused"'));
    const told = reused.reduce((first, line) => (startOf(line) < startOf(first) ? line : first));
    lines[lines.indexOf(told)] = told.replace('"reused"', '"created"');
    const found = await verifyCalls(files.write('told-wrong.ndjson', lines.join('\n')));
    expect(found).toMatchObject({ code: 1, passed: false, verdict: 'invalid' });
    expect(violatedIn(found)).toEqual(['one-created-per-content']);
    expect(found.checked[0]?.invariants[0]?.timeline).toMatchObject([
      { kind: 'call', outcome: 'created' },
      { kind: 'call', outcome: 'created' },
    ]);
  });

  it('reads several runs of one file, and the worst decides', async () => {
    const first = await keepRun('first', 'cte', ['--schema', 'several']);
    const second = await keepRun('second', 'legacy', ['--schema', 'several']);
    const texts = [first, second].map((path) => readFileSync(path, 'utf8'));
    const both = files.write('both.ndjson', texts.join(''));
    expect(await verify(['--schema', 'several', '--history', both])).toMatchObject({
      code: 0,
      checked: [{}, {}],
    });
    const wrong = texts[1]?.replace('"reused"', '"created"') ?? '';
    const spoilt = files.write('one-wrong.ndjson', `${texts[0]}${wrong}`);
    const { code, verdict, checked } = await verifyCalls(spoilt);
    expect({ code, verdict }).toEqual({ code: 1, verdict: 'invalid' });
    expect(checked.map((each) => each.verdict)).toEqual(['valid', 'invalid']);
  });

  it('judges what a run that was cut off has kept, and says so', async () => {
    const whole = readFileSync(await keepRun('cut-off', 'cte', ['--schema', 'cut_off']), 'utf8');
    const cut = files.write('cut-off-within-its-end.ndjson', whole.slice(0, -40));
    await untilQuiet();
    for (const found of [await verifyCalls(cut), await verify(['--schema', 'cut_off', '--history', cut])]) {
      const notes = ['the file ends before the run did'];
      expect(found).toMatchObject({ code: 1, verdict: 'unknown', checked: [{ calls: 27, notes }] });
    }
  });

  it('starts no server of its own for the history alone', async () => {
    const history = await keepRun('alone');
    const home = files.folder('no-server');
    const args = ['verify', '--history', history, '--history-only'];
    const { code, stdout } = await runHosted(args, { ELS_ASSIGN_HOME: home });
    expect({ code, ending: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      ...{ code: 0, ending: 'PASSED  verdict valid' },
    });
    expect(readdirSync(home)).toEqual([]);
  });

  it('keeps faults and lost replies with the calls', IS_LONG, () =>
    withDraws(async (draw) => {
      const fault = draw.pick(['kill-worker', 'lose-replies']);
      const more = ['--fault', fault, '--timeout', '5s', '--schema', 'faults', '--allow-inconclusive'];
      const history = files.path('faults.ndjson');
      const load = ['run', '--scenario', scenario, '--strategy', 'legacy', '--keep', '--json', '--quiet'];
      rmSync(history, { force: true });
      const document = runDocumentOf(await database.run([...load, '--history', history, ...more]));
      const kept = readFileSync(history, 'utf8');
      expect(kept).toContain(`"kind":"${fault}"`);
      const again = await verify(['--schema', 'faults', '--history', history, '--allow-inconclusive']);
      expect(again.checked[0]?.invariants.filter(({ passed }) => !passed)).toEqual([]);
      expect(document.runs[0]?.invariants.filter(({ passed }) => !passed)).toEqual([]);
    }),
  );
});

describe('a role that may only read', () => {
  const role = `reader_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(8).toString('hex');
  let url = '';
  let history = '';

  beforeAll(async () => {
    history = await keepRun('read-only', 'legacy', ['--schema', 'readable']);
    await database.query(`create role ${role} login password '${password}'`);
    await database.query(`grant usage on schema readable to ${role}`);
    await database.query(`grant select on all tables in schema readable to ${role}`);
    url = Object.assign(new URL(database.url), { username: role, password }).href;
  });
  afterAll(async () => {
    await database.query(`drop owned by ${role}`);
    await database.query(`drop role ${role}`);
  });

  it('verifies, and leaves no trace', async () => {
    const before = await fingerprint(database);
    const env = { DATABASE_URL: url };
    for (const args of [[], ['--history', history]]) {
      const found = await verify(['--schema', 'readable', ...args], env);
      expect(found).toMatchObject({ code: 0, passed: true, verdict: 'valid' });
    }
    expect(await fingerprint(database)).toEqual(before);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await expect(client.query('delete from readable.essay_states')).rejects.toThrow('permission denied');
    await client.end();
  });
});

describe('what verify and run --history refuse', () => {
  let before: string[] = [];
  const untouched = (): Untouched => ({ database, before, missingSchema: 'never_set_up' });
  let kept = '';
  beforeAll(async () => {
    kept = await keepRun('gone', 'cte');
    const header = readFileSync(kept, 'utf8').replaceAll(/r[0-9a-z]{14}/g, 'rgone');
    kept = files.write('gone.ndjson', header);
    before = await fingerprint(database);
  });

  const refused = (): BadInput[] => {
    const cut = readFileSync(kept, 'utf8').slice(0, 40);
    return [
      { name: 'gone', args: ['verify', '--history', kept], says: ['rgone', '--keep', '--history-only'] },
      { name: 'missing', args: ['verify', '--history', files.path('no.ndjson')], says: ['no such file'] },
      { name: 'cut off', args: ['verify', '--history', files.write('cut', cut)], says: ['cut off', 'line'] },
      { name: 'prose', args: ['verify', '--history', files.write('prose', 'x\n')], says: ['line 1', 'JSON'] },
      { name: 'history missing', args: ['verify', '--history-only'], says: ['--history'] },
      { name: 'no folder', args: ['run', '--history', files.path('no/where')], says: ['no such file'] },
      { name: 'a folder', args: ['run', '--history', inject('embeddedHome') || '/'], says: ['directory'] },
      { name: 'a history', args: ['run', '--history', kept], says: [kept, 'it exists'] },
    ];
  };

  it('is said in one line, and nothing is done', async () => {
    for (const input of refused()) {
      await expectRefused({ ...input, schema: database.schema }, untouched());
    }
  });

  it('names a schema that does not hold the tables', async () => {
    await database.query('create schema somebody_elses');
    await database.query('create table somebody_elses.essay_states as select 1 as essay_id');
    before = await fingerprint(database);
    for (const schema of ['never_set_up', 'somebody_elses']) {
      const args = ['verify'];
      await expectRefused({ name: schema, args, says: [schema, 'setup'], schema }, untouched());
    }
  });

  it('leaves no history where a run is refused', async () => {
    const args = ['run', '--history', files.path('unused.ndjson'), '--schema', 'somebody_elses', '--quiet'];
    expect((await database.run(args)).code).toBe(2);
    expect(existsSync(files.path('unused.ndjson'))).toBe(false);
  });
});
