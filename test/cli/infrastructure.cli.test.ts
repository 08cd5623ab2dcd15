import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run, type Finished } from '../support/command-line.js';
import { runHosted } from '../support/hosted-command.js';
import { failureOf, linesOf } from './document.js';
import { useOwnDatabase, withDatabase } from './own-database.js';
import { closedPort, listen } from './ports.js';

const database = useOwnDatabase();
const server = new URL(inject('databaseUrl'));
const isEmbedded = inject('embeddedHome') !== '';
const secret = `hush${randomBytes(6).toString('hex')}`;

/** A URL to the server of the tests with something changed. */
function changed(changes: Partial<Pick<URL, 'username' | 'password' | 'port' | 'search'>>): string {
  return Object.assign(new URL(database.url), changes).href;
}

/** PG* variables that name what a URL names. */
function variables(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
  };
}

const els = (args: readonly string[], env: Record<string, string>): Promise<Finished> =>
  runHosted(database.withSchema(args), env);

function expectUnavailable({ code, stdout, stderr }: Finished, ...says: string[]): void {
  expect({ code, lines: linesOf(stderr) }).toEqual({ code: 3, lines: [stderr.trimEnd()] });
  for (const words of says) expect(stderr).toContain(words);
  expect(stderr).not.toContain('internal error');
  expect(stdout + stderr).not.toContain(secret);
}

describe('a port that nobody listens on', () => {
  let port = 0;
  let url = '';
  beforeAll(async () => {
    port = await closedPort();
    url = changed({ port: String(port), password: secret });
  });

  it.concurrent.each([['setup'], ['run'], ['compare'], ['status', 'any']])(
    'is named by %s with its source',
    async (...args) => {
      const where = `${server.hostname}:${port}`;
      const byFlag = await els([...args, '--database-url', url], {});
      expectUnavailable(byFlag, where, '--database-url');
      expect(byFlag.stdout).toBe('');
      expectUnavailable(await els(args, { DATABASE_URL: url }), where, 'DATABASE_URL');
    },
  );

  it.concurrent('is named with the source PG*', async () => {
    expectUnavailable(await els(['setup'], variables(url)), `${server.hostname}:${port}`, 'PG*');
  });

  it.concurrent.each([['run'], ['compare'], ['status', 'any']])(
    'makes one JSON document: %s',
    async (...args) => {
      const finished = await els([...args, '--json'], { DATABASE_URL: url });
      expectUnavailable(finished);
      const { code, message } = failureOf(finished);
      expect(code).toBe('database_unavailable');
      expect(finished.stderr).toContain(message);
    },
  );
});

/** Characters that mean something in a URL, a shell or a regular expression. */
const special = `${secret}@/:?#%&+ "'\\é$`;
const role = `role_${randomBytes(5).toString('hex')}`;

describe.runIf(isEmbedded)('a password', () => {
  beforeAll(async () => {
    const literal = pg.escapeLiteral(`right ${special}`);
    await database.query(`create role ${role} login password ${literal}`);
    const name = pg.escapeIdentifier(new URL(database.url).pathname.slice(1));
    await database.query(`grant create on database ${name} to ${role}`);
  });
  afterAll(() => database.query(`drop owned by ${role} cascade; drop role ${role}`));

  const passwords = { plain: secret, special };
  it.concurrent.each(Object.entries(passwords))('that is wrong appears nowhere: %s', async (_, password) => {
    const url = changed({ username: role, password: encodeURIComponent(password) });
    const commands: [args: string[], env: Record<string, string>][] = [
      [['run', '--database-url', url], {}],
      [['run', '--json', '--database-url', url], {}],
      [['compare', '--json'], { DATABASE_URL: url }],
      [['status', 'any'], variables(url)],
    ];
    for (const [args, env] of commands) {
      const finished = await els(args, env);
      expectUnavailable(finished, role);
      const output = finished.stdout + finished.stderr;
      expect(output).not.toContain(password);
      expect(output).not.toContain(encodeURIComponent(password));
      if (args.includes('--json')) failureOf(finished);
    }
  });

  it.concurrent('with special characters lets in where it is right', async () => {
    const url = changed({ username: role, password: encodeURIComponent(`right ${special}`) });
    const schema = `of ${role}`;
    for (const env of [{ DATABASE_URL: url }, variables(url)]) {
      const { code, stdout, stderr } = await runHosted(database.withSchema(['setup'], schema), env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(schema);
      expect(stdout).not.toContain(secret);
    }
  });

  // Half-way through its login the connection stays open until its process ends, and the server waits for it.
  it.concurrent('that is missing is a failed login, not a defect', async () => {
    const env = { DATABASE_URL: changed({ password: '' }) };
    expectUnavailable(await database.execute(['setup'], env), 'password');
  });
});

describe('a server that is not what was named', () => {
  it.concurrent('has no such database', async () => {
    const missing = `no_${randomBytes(6).toString('hex')}`;
    const finished = await els(['run', '--json', '--database-url', withDatabase(database.url, missing)], {});
    expectUnavailable(finished, missing);
    expect(failureOf(finished).code).toBe('database_unavailable');
  });

  it.runIf(isEmbedded).concurrent('has no such role', async () => {
    const missing = `no_${randomBytes(6).toString('hex')}`;
    expectUnavailable(await els(['setup'], { DATABASE_URL: changed({ username: missing }) }), missing);
  });

  it.runIf(isEmbedded).concurrent('does not speak TLS', async () => {
    const url = changed({ search: '?sslmode=require' });
    expectUnavailable(await els(['setup', '--database-url', url], {}), 'SSL');
  });

  it.concurrent('hangs up', async () => {
    const other = await listen((socket) => socket.end());
    const url = `postgres://me:${secret}@127.0.0.1:${other.port}/any`;
    expectUnavailable(await els(['setup', '--database-url', url], {}), `127.0.0.1:${other.port}`);
    await other.close();
  });

  // It is waited for until the deadline of a connection: not in the process where the others stand in line.
  it.concurrent('speaks another protocol', async () => {
    const other = await listen((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const url = `postgres://me:${secret}@127.0.0.1:${other.port}/any`;
    const setUp = run(database.withSchema(['setup', '--database-url', url]));
    expectUnavailable(await setUp, `127.0.0.1:${other.port}`);
    await other.close();
  });
});

describe('what names the database first wins', () => {
  const good = database.url;
  let bad = '';
  beforeAll(async () => {
    bad = changed({ port: String(await closedPort()), password: secret });
  });

  const cases = (): [source: string, args: string[], env: Record<string, string>][] => [
    ['--database-url', ['--database-url', good], { DATABASE_URL: bad, ...variables(bad) }],
    ['DATABASE_URL', [], { DATABASE_URL: good, ...variables(bad) }],
    ['PG*', [], variables(good)],
    ['PG*', [], { DATABASE_URL: '', ...variables(good) }],
  ];
  it('where the others are unreachable', async () => {
    for (const [source, args, env] of cases()) {
      const { code, stdout } = await els(['setup', ...args], env);
      expect({ source, code }).toEqual({ source, code: 0 });
      expect(stdout).toContain(`(${source})`);
    }
  });

  it('where it alone is unreachable', async () => {
    const flag = ['setup', '--database-url', bad];
    expectUnavailable(await els(flag, { DATABASE_URL: good, ...variables(good) }), '--database-url');
    const byVariable = { DATABASE_URL: bad, ...variables(good) };
    expectUnavailable(await els(['setup'], byVariable), 'DATABASE_URL');
    const home = { ELS_ASSIGN_HOME: inject('embeddedHome') };
    expectUnavailable(await els(['setup'], { ...variables(bad), ...home }), 'PG*');
  });

  it("and variables of node-postgres' own are not read", async () => {
    const foreign = { PGREPLICATION: 'database', PGCLIENT_ENCODING: 'latin1', PGBINARY: '1' };
    const { code, stderr } = await els(['setup'], { DATABASE_URL: good, ...foreign });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.runIf(isEmbedded)('and the embedded server is used where nothing does', async () => {
    const schema = `cli_${randomBytes(6).toString('hex')}`;
    // These alone name no server; they must not disturb the embedded one.
    const variables = { PGPASSWORD: secret, PGSSLMODE: 'verify-full', PGOPTIONS: '-c no_such_setting=1' };
    const env = { ELS_ASSIGN_HOME: inject('embeddedHome'), ...variables };
    const setUp = await run(database.withSchema(['setup'], schema), env);
    expect({ code: setUp.code, stderr: setUp.stderr }).toEqual({ code: 0, stderr: '' });
    expect(setUp.stdout).toContain('(embedded)');
    const client = new pg.Client(inject('databaseUrl'));
    await client.connect();
    const dropped = await client.query(`drop schema ${schema} cascade`);
    await client.end();
    expect(dropped.command).toBe('DROP');
  });
});
