import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { ListeningPort } from '#els/wire/port.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { connected } from './clients.js';

const server = withConnectionString('--database-url', inject('databaseUrl'));
const files = useTemporaryFolder();
const execute = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('equivalence.py', import.meta.url));
/** Debian's own, which has python3-psycopg2. */
const PYTHON = '/usr/bin/python3';

function runs(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'pipe' });
    return true;
  } catch {
    console.warn(`left out: ${[program, ...args].join(' ')} does not run on this machine`);
    return false;
  }
}
const has = {
  psql: runs('psql', '--version'),
  pgbench: runs('pgbench', '--version'),
  psycopg2: runs(PYTHON, '-c', 'import psycopg2'),
};

let port: ListeningPort;
let urls: Readonly<Record<'direct' | 'through', string>>;
beforeAll(async () => {
  port = await ListeningPort.open(server, { rttMs: 0 });
  urls = { direct: server.connectionString, through: port.address.connectionString };
});
afterAll(() => port.close());

/** What a program prints on both streams, of a connection URL. */
async function printed(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr } = await execute(program, args, { cwd, maxBuffer: 1 << 28 });
  return stdout + stderr;
}

async function expectSame(program: string, args: (url: string) => string[]): Promise<string> {
  const before = port.roundTrips;
  const direct = await printed(program, args(urls.direct), files.path(''));
  expect(await printed(program, args(urls.through), files.path(''))).toBe(direct);
  expect(port.roundTrips).toBeGreaterThan(before);
  return direct;
}

describe.skipIf(!has.psql)('psql says the same through the wire', () => {
  it.each([
    [
      'of queries, errors and notices',
      `select 1 as one; select no_such; do $$ begin raise notice 'now'; end $$; begin; select 1/0; select 2; rollback;`,
    ],
    [
      'of prepared statements and bound parameters',
      `prepare p as select $1::int * 2; execute p(21); select $1 \\bind 7 \\g\nselect 1 \\; select 2 \\;\n;`,
    ],
    ['of descriptions', `select 1 as a, 'x'::text as b \\gdesc\n\\d pg_class`],
    [
      'of COPY in both directions',
      `create temp table t (n int, s text);\n\\copy t from 'rows'\ncopy (select count(*), sum(n) from t) to stdout;\n\\copy (select * from t order by n) to pstdout`,
    ],
    ['of COPY that fails', `create temp table t (n int);\n\\copy t from 'rows'\nselect count(*) from t;`],
    ['of a cursor, in parts', `\\set FETCH_COUNT 100\nselect n from generate_series(1, 1000) n;`],
    ['of a large result', `select repeat('x', 100000) from generate_series(1, 100);`],
  ])('%s', async (name, script) => {
    const rows = Array.from({ length: 20_000 }, (_, n) => `${n}\tline ${n}\n`).join('');
    files.write('rows', rows);
    files.write('script.sql', script);
    const said = await expectSame('psql', (url) => ['-X', '-q', '-f', 'script.sql', url]);
    expect(said, name).not.toBe('');
  });
});

describe.skipIf(!has.pgbench)('pgbench does the same through the wire', () => {
  beforeAll(async () => {
    files.write(
      'own.sql',
      `\\set n random(1, 1000000)\nbegin;\ninsert into ${table} values (:n);\nselect n from ${table} where n = :n limit 1;\nend;\n`,
    );
    files.write(
      'pipeline.sql',
      `\\startpipeline\nselect 1;\ninsert into ${table} values (1);\nselect 2;\n\\endpipeline\n`,
    );
    const other = await connected(server);
    await other.query(`create table ${table} (n int)`);
    await other.end();
  });
  afterAll(async () => {
    const other = await connected(server);
    await other.query(`drop table ${table}`);
    await other.end();
  });
  const table = `bench_${process.pid}`;

  it.each([
    ['simple', 'own.sql'],
    ['extended', 'own.sql'],
    ['prepared', 'own.sql'],
    ['extended', 'pipeline.sql'],
    ['prepared', 'pipeline.sql'],
  ])('%s, %s', async (protocol, script) => {
    const other = await connected(server);
    await other.query(`truncate ${table}`);
    const args = ['-n', '-M', protocol, '-c', '4', '-t', '50', '-f', script];
    for (const url of Object.values(urls)) {
      const said = await printed('pgbench', [...args, url], files.path(''));
      expect(said).toMatch(/transactions actually processed: 200\/200\n/);
      expect(said).toMatch(/failed transactions: 0|^(?!.*failed transactions)/s);
    }
    const { rows } = await other.query(`select count(*)::int n from ${table}`);
    expect(rows).toEqual([{ n: 400 }]);
    await other.end();
  });
});

describe.skipIf(!has.psycopg2)('psycopg2 says the same through the wire', () => {
  it('of statements, COPY, portals, errors and notifications', async () => {
    expect(await expectSame(PYTHON, (url) => [SCRIPT, url])).toContain("[('news', 'said')]");
  });
});
