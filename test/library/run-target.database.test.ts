import { AssertionError } from 'node:assert';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  assertValid,
  InfrastructureError,
  runTarget,
  UsageError,
  type RunTargetOptions,
} from '#els/index.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { IS_LONG } from '../support/long.js';
import { expectPublishedSchema } from '../support/published-schema.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const fileOf = (path: string) => new URL(`../../${path}`, import.meta.url);
const SEATS = fileOf('docs/examples/seats/seats.target.ts');
const VOUCHERS = fileOf('docs/examples/vouchers/vouchers.target.json');
const WRONG = fileOf('test/targets/shipped/stamp-later.wrong.target.ts');

/** Few processes and connections, on the file's own database. */
const small = (more: Partial<RunTargetOptions> = {}): RunTargetOptions => ({
  ...{ scenario: 'overflow', workers: 2, connections: 4, databaseUrl: database.url },
  ...more,
});

/** What runs left in the example's table, wherever the role's search_path put it. */
async function seatsLeft(): Promise<unknown[]> {
  const client = await database.connect();
  await client.query('reset search_path');
  const { rows } = await client.query<object>('select * from seats limit 1');
  await client.end();
  return rows;
}

/** What a run was refused with. */
async function refusalOf(file: URL | string, options: unknown): Promise<[string, string]> {
  const error: unknown = await runTarget(file, options as RunTargetOptions).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UsageError)) throw new Error(`no refusal: ${String(error)}`);
  return [error.code, error.message];
}

describe('runTarget', () => {
  it('refuses a gate that the target cannot be held to, and takes a list of slots', async () => {
    const silent = files.write(
      'silent.target.mjs',
      "export default { register() {}, open: () => ({ assign: async () => ({ outcome: 'no_slot' }) }) };",
    );
    expect(await refusalOf(silent, small({ gates: ['taken == 999'] }))).toEqual([
      'invalid_gate',
      'gate "taken == 999": taken of silent is not known: the target has no assignments; accepted: a gate without it',
    ]);
    const result = await runTarget(SEATS, small({ batches: 3, slots: [2, 5], contents: 30 }));
    expect(result).toMatchObject({ verdict: 'valid', outcomes: { created: 9 }, plan: { slots: [2, 5] } });
  });

  it('says of a right target that it is valid, as an entry of --json and as text', async () => {
    const result = await runTarget(SEATS, small({ slots: 20, seed: 7 }));
    expect(result).toMatchObject({
      scenario: 'overflow',
      strategy: 'seats',
      verdict: 'valid',
      complete: true,
    });
    expect(result.plan).toMatchObject({ slots: 20, contents: 30, seed: 7 });
    expect(result.outcomes).toMatchObject({ created: 20, noSlot: 10 });
    expect(result.text).toMatch(/overflow · seats[^]*\n(PASSED|FAILED) {2}verdict valid · 1 run/);
    expect(result.text).not.toContain('\u001b');
    expect(() => assertValid(result)).not.toThrow();
    expect(await seatsLeft()).toEqual([]);
  });

  it('catches a wrong one with its witnesses', async () => {
    const result = await runTarget(fileURLToPath(WRONG), small({ workers: 3, connections: 8 }));
    expect(result.verdict).toBe('invalid');
    expect(() => assertValid(result)).toThrow(AssertionError);
    expect(() => assertValid(result)).toThrow('✗ one-content-per-slot is violated');
    expect(() => assertValid(result)).toThrow(/worker \d: \S+-c\d+ → created \d+/);
  });

  it('takes a scenario as a value, as a file, and what differs from it', async () => {
    const scenario = {
      ...{ name: 'own', description: 'of my own', arrival: 'closed', slots: 50, batches: 20 },
      ...{ duration: '5s', gates: ['error == 0'] },
    };
    const options = small({ duration: '300ms', gates: ['created < 1'] });
    const result = await runTarget(VOUCHERS, { ...options, scenario });
    expect(result).toMatchObject({ scenario: 'own', verdict: 'valid', passed: false });
    expect(result.gates).toMatchObject([{ expression: 'error == 0', passed: true }, { passed: false }]);
    expect(result.durationMs).toBeLessThan(5_000);
    const file = pathToFileURL(files.write('own.json', JSON.stringify({ ...scenario, name: 'of-file' })));
    expect(await runTarget(VOUCHERS, { ...options, scenario: file })).toMatchObject({ scenario: 'of-file' });
  });

  it('injects faults', IS_LONG, async () => {
    const faults = ['kill-worker@200ms'];
    const result = await runTarget(SEATS, small({ scenario: 'sustained', duration: '700ms', faults }));
    expect(result).toMatchObject({ verdict: 'valid', faults: [{ kind: 'kill-worker', struck: true }] });
  });

  it.each([
    [{ slots: 0 }, 'invalid_count', '--slots is "0"; accepted: a whole number'],
    [{ slots: 1.5 }, 'invalid_count', '--slots is "1.5"'],
    [{ seed: -1 }, 'invalid_seed', '--seed is "-1"'],
    [{ timeoutMs: 0 }, 'invalid_timeout', '--timeout is "0ms"'],
    [{ faults: ['kill'] }, 'invalid_fault', '--fault'],
    [{ faults: ['lock-slots'] }, 'impossible_fault', 'lock-slots: seats has no statement'],
    [{ gates: ['p95 <'] }, 'invalid_gate', 'p95 <'],
    [{ scenario: 'overflw' }, 'unknown_scenario', 'did you mean overflow?'],
    [{ scenario: undefined }, 'invalid_scenario', 'runTarget is given no scenario'],
    [{ scenario: { name: 'x', slots: 3 } }, 'invalid_scenario', 'scenario: description is missing'],
    [{ duration: '1s' }, 'invalid_override', 'scenario overflow is a burst'],
    [{ slot: 1 }, 'unknown_option', 'runTarget has no option "slot" (did you mean slots?)'],
    [{ databaseUrl: 'mysql://x' }, 'invalid_database_url', '--database-url'],
  ])('refuses %o with the code of the command line', async (wrong, code, says) => {
    expect(await refusalOf(SEATS, small(wrong as never))).toEqual([code, expect.stringContaining(says)]);
  });

  it('refuses a file that is none, or no target', async () => {
    const [code, message] = await refusalOf(files.path('none.target.ts'), small());
    expect([code, message]).toEqual(['invalid_target', expect.stringContaining('no such file')]);
    const text = 'export default { open() {} };';
    const [, why] = await refusalOf(files.write('half.target.mjs', text), small());
    expect(why).toContain('half.target.mjs": it has no function register');
  });

  it('throws where the target answers what is no answer, and does not call it a verdict', async () => {
    const answer = "assign: async () => ({ outcome: 'full' })";
    const text = `export default { async register() {}, open: () => ({ ${answer} }) };`;
    const run = runTarget(files.write('shape.target.mjs', text), small());
    await expect(run).rejects.toBeInstanceOf(InfrastructureError);
    await expect(run).rejects.toMatchObject({
      code: 'malformed_answer',
      message: expect.stringContaining('has the outcome "full"') as string,
    });
  });
});

describe('two runs at once', () => {
  // What two sessions create at once, one of them is refused, whatever `if not exists` says.
  const slow = (table: string) => `
    export default {
      async setup({ client }) {
        await client.query('begin');
        await client.query('create table if not exists ${table} (batch text, taken integer)');
        await client.query('select pg_sleep(0.5)');
        await client.query('commit');
      },
      async register() {},
      open: () => ({ assign: async () => ({ outcome: 'error', code: 'shut' }) }),
    };`;

  beforeAll(() => {
    files.write('slow.target.mjs', slow('slow_things'));
  });

  it('of one target have its set-up one after the other', async () => {
    const both = [1, 2].map(() => runTarget(files.path('slow.target.mjs'), small({ contents: 2 })));
    const results = await Promise.all(both);
    expect(results.map(({ errorsByCode }) => errorsByCode)).toEqual([{ shut: 2 }, { shut: 2 }]);
  });

  it('of two targets have nothing in common', async () => {
    const results = await Promise.all([SEATS, VOUCHERS].map((file) => runTarget(file, small())));
    expect(results.map(({ strategy, verdict }) => [strategy, verdict])).toEqual([
      ['seats', 'valid'],
      ['vouchers', 'valid'],
    ]);
  });
});

it('the result is an entry of --json, as its schema is published', async () => {
  const { text, ...entry } = await runTarget(SEATS, small());
  expect(text).not.toBe('');
  const tool = { name: 'els-assign', version: '0' };
  const error = { code: 'none', message: 'none' };
  const head = { schemaVersion: 1, tool, passed: false, verdict: 'unknown', error, environment: null };
  expectPublishedSchema(JSON.parse(JSON.stringify({ ...head, runs: [entry] })));
});
