import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '#els/domain/errors.js';
import { checkCustomStrategy, readCustomStrategy } from '#els/targets/els/engine/custom-strategy.js';
import { useDatabase } from '../support/database.js';
import { sqlFile } from './support/custom.js';

const db = useDatabase();
const FIRST = '-- inventory: slots\n';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-strategy-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `s${Math.random().toString(36).slice(2)}.sql`);
  await writeFile(path, content);
  return path;
}

/** The refusal of a file, by its reader or by PostgreSQL. */
async function refusalOf(path: string): Promise<UsageError> {
  const error: unknown = await accept(path).then(
    () => new Error('the file was accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof UsageError) return error;
  throw error;
}

async function accept(path: string): Promise<void> {
  const spec = await readCustomStrategy(path);
  const client = await db.pool.connect();
  try {
    await checkCustomStrategy(client, spec);
  } finally {
    client.release(true);
  }
}

const ANSWER = 'as essay_id, $$no_slot$$::text as outcome';

describe('refuses a file', () => {
  const cases: readonly [why: string, content: string | Uint8Array, message: RegExp][] = [
    ['that is empty', '', /first line/],
    ['that is not UTF-8', Uint8Array.from([0x2d, 0x2d, 0xff, 0xfe, 0x0a]), /UTF-8/],
    ['that contains a NUL', `${FIRST}select '\0'`, /NUL/],
    ['without its first line', 'select null::text as essay_id, null::text as outcome', /first line/],
    ['whose first line names another inventory', '-- inventory: seats\nselect 1', /first line/],
    ['whose first line comes second', `\n${FIRST}select 1`, /first line/],
    ['that names an unknown bind', `${FIRST}select :essay ${ANSWER}`, /"essay".*:batch_id/],
    ['with a syntax error', `${FIRST}\nselec null::text ${ANSWER}`, /syntax error.*line 3/],
    ['that reads an unknown table', `${FIRST}select essay_id, '' as outcome from seats`, /"seats"/],
    ['of two statements', `${FIRST}select 1; select 2`, /multiple commands/],
    ['that is too long', `${FIRST}${'-'.repeat(2 ** 20)}`, /bytes; accepted: at most 1048576/],
    ['without a statement', FIRST, /returns no columns/],
    ['that returns nothing', `${FIRST}update slot_assignments set status = 'failed'`, /returns no columns/],
    ['that returns one column', `${FIRST}select null::text as essay_id`, /returns essay_id/],
    ['that names a column otherwise', `${FIRST}select '' as essay, '' as outcome`, /returns essay, outcome/],
    ['in the other order', `${FIRST}select '' as outcome, '' as essay_id`, /returns outcome, essay_id/],
    ['that returns another type', `${FIRST}select 1 ${ANSWER}`, /text/],
    ['that returns three columns', `${FIRST}select null::text ${ANSWER}, 1 as more`, /more/],
  ];

  it.each(cases)('%s', async (_, content, message) => {
    const path = await fileWith(content);
    const refusal = await refusalOf(path);
    expect(refusal.code).toBe('invalid_strategy');
    expect(refusal.message).toMatch(message);
    expect(refusal.message).toContain(path);
    expect(refusal.message).not.toContain('\n');
  });

  it.each([
    ['that does not exist', 'missing.sql', /cannot be read: no such file or directory/],
    ['that is a directory', 'directory.sql', /cannot be read: it is a directory/],
    ['that never ends', '/dev/zero', /cannot be read: it is not a regular file/],
  ])('%s', async (_, name, message) => {
    await mkdir(join(folder, 'directory.sql'), { recursive: true });
    const refusal = await refusalOf(resolve(folder, name));
    expect(refusal.code).toBe('invalid_strategy');
    expect(refusal.message).toMatch(message);
    expect(refusal.message).not.toContain('\n');
  });
});

describe('accepts', () => {
  it.each(['cte', 'inventory'])('a copy of %s, and a second time on the same connection', async (name) => {
    const spec = await readCustomStrategy(await fileWith(sqlFile(`strategies/${name}.sql`)));
    expect(spec.inventory).toBe(name === 'cte' ? 'slots' : 'essays');
    const client = await db.pool.connect();
    try {
      await checkCustomStrategy(client, spec);
      await checkCustomStrategy(client, spec);
    } finally {
      client.release(true);
    }
  });

  it.each([
    ['Windows line ends', "-- inventory: essays \r\nselect null::text as essay_id,\r\n '' as outcome\r\n"],
    ['a trailing semicolon', `${FIRST}select null::text ${ANSWER};\n`],
    ['varchar columns', `${FIRST}select ''::varchar as essay_id, ''::varchar as outcome`],
    ['binds without casts', `${FIRST}select :batch_id as essay_id, :text_storage_id as outcome`],
    ['colons that are no binds', `${FIRST}select ':essay'::text as essay_id, '' as outcome -- :essay`],
  ])('%s', async (_, content) => {
    await accept(await fileWith(content));
  });
});

it('executes nothing when it checks', async () => {
  const path = await fileWith(
    `${FIRST}insert into run_batches values ('r', 'b', 's') returning run_id as essay_id, batch_id as outcome`,
  );
  await accept(path);
  expect(await db.query('select 1 from run_batches')).toEqual([]);
});
