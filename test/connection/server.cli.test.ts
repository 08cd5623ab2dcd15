import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settleTls } from '#els/database/negotiate.js';
import { createPool, explainConnectFailure } from '#els/database/pool.js';
import { findAddress } from '#els/database/address.js';
import { OWNER, startOwnServer, type OwnServer } from '../support/own-server.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { runHosted } from '../support/hosted-command.js';
import { linesOf, runDocumentOf } from '../cli/document.js';

// Connections as libpq means them, on a server with TLS, scram passwords, a socket and IPv6.

/** Every printable ASCII character, and some that take two, three and four bytes. */
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');
const PASSWORD = `${PRINTABLE}é→𝄞`;

const ACCESS = [
  'local all all scram-sha-256',
  'hostssl tls_only all samehost scram-sha-256',
  'host tls_only all all reject',
  'hostnossl plain_only all samehost scram-sha-256',
  'host plain_only all all reject',
  'host all all samehost scram-sha-256',
];

let server: OwnServer;
const files = useTemporaryFolder();
const home = files.folder('home');

beforeAll(async () => {
  server = await startOwnServer(PASSWORD, ACCESS, {
    max_connections: '24',
    superuser_reserved_connections: '3',
  });
  const client = await connected(urlOf({}));
  for (const name of ['tls_only', 'plain_only']) await client.query(`create database ${name}`);
  await client.end();
}, 60_000);
afterAll(() => server.stop());

interface Changes {
  readonly host?: string;
  readonly database?: string;
  readonly password?: string | undefined;
  readonly query?: string;
}

function urlOf({
  host = 'localhost',
  database = 'postgres',
  password = PASSWORD,
  query = '',
}: Changes): string {
  return `postgres://${OWNER}:${encodeURIComponent(password)}@${host}:${server.port}/${database}${query && `?${query}`}`;
}

/** A pool on what a URL and variables name, as a command makes it. */
async function connected(url: string | undefined, env: Record<string, string> = {}) {
  const named = findAddress(url, { HOME: home, ...env });
  if (named === undefined) throw new Error('no database was named');
  const address = await settleTls(named);
  const pool = createPool(address, { connections: 1, applicationName: 'test' });
  try {
    (await pool.connect()).release();
    return pool;
  } catch (error) {
    await pool.end();
    throw explainConnectFailure(address, error);
  }
}

/** Whether TLS is spoken where a connection is made. */
async function speaksTls(
  url: string | undefined,
  env: Record<string, string> = {},
): Promise<boolean | undefined> {
  const pool = await connected(url, env);
  const { rows } = await pool.query<{ ssl: boolean }>(
    'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
  );
  await pool.end();
  return rows[0]?.ssl;
}

const UNREACHABLE = { name: 'InfrastructureError', code: 'database_unavailable' };
const BAD = { name: 'UsageError' };

describe('sslmode', () => {
  it.each([
    ['', 'postgres', true],
    ['sslmode=disable', 'postgres', false],
    ['sslmode=allow', 'postgres', false],
    ['sslmode=allow', 'tls_only', true],
    ['sslmode=prefer', 'postgres', true],
    ['sslmode=prefer', 'plain_only', false],
    ['sslmode=require', 'tls_only', true],
    ['ssl=true', 'tls_only', true],
    ['sslmode=require&sslnegotiation=direct', 'tls_only', true],
  ])('%j on database %s: TLS %s', async (query, database, spoken) => {
    expect(await speaksTls(urlOf({ query, database }))).toBe(spoken);
  });

  it.each([
    ['sslmode=disable', 'tls_only', /no pg_hba.conf entry|rejects/],
    ['sslmode=require', 'plain_only', /no pg_hba.conf entry|rejects/],
  ])('%s is not bent for database %s', async (query, database, says) => {
    const refusal = { ...UNREACHABLE, message: expect.stringMatching(says) as string };
    await expect(connected(urlOf({ query, database }))).rejects.toMatchObject(refusal);
  });

  it('verifies the certificate by sslrootcert, and the name with verify-full alone', async () => {
    const root = `sslrootcert=${encodeURIComponent(server.rootCertificate)}`;
    const stranger = `sslrootcert=${encodeURIComponent(server.strangersCertificate)}`;
    for (const mode of ['verify-full', 'verify-ca', 'require']) {
      expect(await speaksTls(urlOf({ query: `sslmode=${mode}&${root}` }))).toBe(true);
      const byStranger = connected(urlOf({ query: `sslmode=${mode}&${stranger}` }));
      const says = expect.stringMatching(new RegExp(`certificate.*sslmode=${mode}`)) as string;
      await expect(byStranger).rejects.toMatchObject({ ...UNREACHABLE, message: says });
    }
    expect(await speaksTls(urlOf({ host: '127.0.0.1', query: `sslmode=verify-ca&${root}` }))).toBe(true);
    const otherName = connected(urlOf({ host: '127.0.0.1', query: `sslmode=verify-full&${root}` }));
    const says = expect.stringMatching(/127\.0\.0\.1.*sslmode=verify-full/) as string;
    await expect(otherName).rejects.toMatchObject({ ...UNREACHABLE, message: says });
  });

  it('is taken from PGSSLMODE and PGSSLROOTCERT, and from the URL first', async () => {
    const env = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: server.rootCertificate };
    expect(await speaksTls(urlOf({}), env)).toBe(true);
    expect(await speaksTls(urlOf({ query: 'sslmode=disable' }), env)).toBe(false);
    const byStranger = connected(urlOf({}), { ...env, PGSSLROOTCERT: server.strangersCertificate });
    await expect(byStranger).rejects.toMatchObject(UNREACHABLE);
  });

  it('does not trust the authorities of the web with sslrootcert=system', async () => {
    await expect(connected(urlOf({ query: 'sslrootcert=system' }))).rejects.toMatchObject(UNREACHABLE);
  });

  it('says nothing on a socket', async () => {
    expect(
      await speaksTls(urlOf({ host: encodeURIComponent(server.socketFolder), query: 'sslmode=require' })),
    ).toBe(false);
  });

  it.each([
    ['sslmode=foo', 'disable, allow, prefer, require, verify-ca, verify-full'],
    ['sslmode=verify-full', 'needs a root certificate'],
    ['sslmode=verify-ca&sslrootcert=/nowhere/root.crt', 'needs a root certificate'],
    ['sslmode=require&sslrootcert=system', 'verify-full'],
    ['sslmode=require&sslcert=/nowhere/own.crt', '/nowhere/own.crt'],
    ['sslnegotiation=direct', 'require'],
  ])('%s is refused in words', (query, says) => {
    const refusal = { ...BAD, message: expect.stringContaining(says) as string };
    return expect(connected(urlOf({ query }))).rejects.toMatchObject(refusal);
  });
});

/** A password file as libpq reads it. */
function writePasswords(): string {
  const escaped = PASSWORD.replace(/[\\:]/g, '\\$&');
  const passfile = files.write(
    'passwords',
    `# of a test\nlocalhost:1:*:*:wrong\n*:*:*:somebody:wrong\n*:${server.port}:*:${OWNER}:${escaped}\n*:*:*:*:wrong\n`,
  );
  chmodSync(passfile, 0o600);
  return passfile;
}

describe('a password of every printable character', () => {
  it('goes by URL, PGPASSWORD and a service file', async () => {
    const variables = {
      PGHOST: 'localhost',
      PGPORT: String(server.port),
      PGUSER: OWNER,
      PGDATABASE: 'postgres',
    };
    expect(await speaksTls(urlOf({}))).toBe(true);
    expect(await speaksTls(undefined, { ...variables, PGPASSWORD: PASSWORD })).toBe(true);
    const service = files.write(
      'services',
      `# services of a test\n[other]\nhost=nowhere.invalid\n\n[mine]\nhost=localhost\nport=${server.port}\nuser=${OWNER}\n` +
        `password=${PASSWORD}\ndbname=tls_only\nsslmode=require\n`,
    );
    const env = { PGSERVICEFILE: service };
    expect(await speaksTls(undefined, { ...env, PGSERVICE: 'mine' })).toBe(true);
    expect(await speaksTls('postgres:///plain_only?service=mine&sslmode=disable', env)).toBe(false);
    const refusal = { ...BAD, code: 'unknown_service', message: expect.stringContaining(service) as string };
    await expect(connected('postgres://?service=yours', env)).rejects.toMatchObject(refusal);
  });

  it('goes by PGPASSFILE, also on a socket', async () => {
    const passfile = writePasswords();
    const without = (host: string) => `postgres://${OWNER}@${host}:${server.port}/postgres`;
    const env = { PGPASSFILE: passfile };
    expect(await speaksTls(without('localhost'), env)).toBe(true);
    expect(await speaksTls(without(encodeURIComponent(server.socketFolder)), env)).toBe(false);
    chmodSync(passfile, 0o640);
    const refusal = { ...BAD, message: expect.stringContaining('0600') as string };
    await expect(connected(without('localhost'), env)).rejects.toMatchObject(refusal);
  });
});

describe('an address', () => {
  it('may be IPv6 in a URL and in PGHOST', async () => {
    expect(await speaksTls(urlOf({ host: '[::1]' }))).toBe(true);
    const variables = { PGHOST: '::1', PGPORT: String(server.port), PGUSER: OWNER, PGPASSWORD: PASSWORD };
    expect(await speaksTls(undefined, { ...variables, PGDATABASE: 'postgres' })).toBe(true);
    const wrong = connected(urlOf({ host: '[::1]', password: 'wrong' }));
    await expect(wrong).rejects.toMatchObject({
      ...UNREACHABLE,
      message: expect.stringContaining(`[::1]:${server.port}`) as string,
    });
  });

  it('may be a socket’s folder in the host, in ?host= and in PGHOST', async () => {
    const url = `postgres://${OWNER}:${encodeURIComponent(PASSWORD)}@/postgres?host=${server.socketFolder}&port=${server.port}`;
    expect(await speaksTls(url)).toBe(false);
    const variables = { PGHOST: server.socketFolder, PGPORT: String(server.port), PGUSER: OWNER };
    expect(await speaksTls(undefined, { ...variables, PGDATABASE: 'postgres', PGPASSWORD: PASSWORD })).toBe(
      false,
    );
  });

  it.each([
    'postgres://a,b/x',
    'postgres://a/x?hostaddr=10.0.0.1',
    'postgres://a/x?target_session_attrs=primary',
  ])('%s is refused', (url) =>
    expect(connected(url)).rejects.toMatchObject({ ...BAD, code: 'invalid_database_url' }),
  );
});

describe('a run', () => {
  const RUN = ['run', '--scenario', 'cross-instance', '--strategy', 'inventory', '--quiet', '--json'];

  it('reaches the server from every process, TLS verified, also by way of the wire', async () => {
    const env = { PGSSLROOTCERT: server.rootCertificate, HOME: home };
    const url = urlOf({ query: 'sslmode=verify-full', database: 'tls_only' });
    const load = ['--workers', '2', '--connections', '3', '--rtt-ms', '1', '--database-url', url];
    const document = runDocumentOf(await runHosted([...RUN, ...load], env));
    expect(document.runs[0]).toMatchObject({ verdict: 'valid' });
  });

  it('has the password from a file, on a socket, and its workers another one', async () => {
    const host = encodeURIComponent(server.socketFolder);
    const url = `postgres://${OWNER}@${host}:${server.port}/postgres?passfile=${encodeURIComponent(writePasswords())}`;
    const load = ['--workers', '2', '--connections', '3', '--wire', '--database-url', url];
    const document = runDocumentOf(await runHosted([...RUN, ...load], { HOME: home }));
    expect(document.runs[0]).toMatchObject({ verdict: 'valid', plan: { wire: true } });
  });

  it('goes by socket and a service', async () => {
    const service = files.write(
      'socket-services',
      `[socket]\nhost=${server.socketFolder}\nport=${server.port}\nuser=${OWNER}\npassword=${PASSWORD}\ndbname=postgres\n`,
    );
    const env = { PGSERVICEFILE: service, PGSERVICE: 'socket', HOME: home };
    const document = runDocumentOf(await runHosted([...RUN, '--workers', '2', '--connections', '3'], env));
    expect(document.runs[0]).toMatchObject({ verdict: 'valid' });
  });

  it('is refused with the figures where max_connections leaves too few', async () => {
    const load = ['--workers', '4', '--connections', '8', '--database-url', urlOf({})];
    const { code, stderr } = await runHosted([...RUN, ...load], { HOME: home });
    expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 3, lines: 1 });
    expect(stderr).toMatch(/needs 35 connections, but 2\d are free of max_connections = 24 \(\d in use\)/);
  });

  it('is refused in one line where a service is unknown', async () => {
    const { code, stderr } = await runHosted([...RUN], { PGSERVICE: 'nowhere', HOME: home });
    expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toContain('nowhere');
  });
});
