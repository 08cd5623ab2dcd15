import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type pg from 'pg';
import { withConnectionString, type ServerAddress } from '#els/database/address.js';
import { parseUrl, toUrl, type Parameters } from '#els/database/connection/url.js';
import { cstring, int32, message } from '#els/wire/messages.js';
import { ListeningPort } from '#els/wire/port.js';
import { closedPort } from '../cli/ports.js';
import { OWNER, startOwnServer, type OwnServer } from '../support/own-server.js';
import { connected, outcomeOf } from './clients.js';
import { RawClient } from './raw-client.js';
import { query } from './scripts.js';

const server = withConnectionString('--database-url', inject('databaseUrl'));
let port: ListeningPort;
beforeAll(async () => {
  port = await ListeningPort.open(server, { rttMs: 0 });
});
afterAll(() => port.close());

const withParameters = (address: ServerAddress, parameters: Parameters): ServerAddress =>
  withConnectionString(address.source, toUrl({ ...parseUrl(address.connectionString), ...parameters }));

/** All that a port says to bytes, until it closes or has said so many. */
function saidTo(bytes: Buffer, until = Infinity, to = port): Promise<string> {
  const socket = connect(to.number, '127.0.0.1');
  const said: Buffer[] = [];
  socket.write(bytes);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    const answer = () => resolve(Buffer.concat(said).toString('latin1'));
    socket.on('end', answer);
    socket.on('data', (chunk) => {
      said.push(chunk);
      if (Buffer.concat(said).length < until) return;
      socket.destroy();
      answer();
    });
  });
}

const packet = (...body: Buffer[]): Buffer => {
  const whole = Buffer.concat(body);
  return Buffer.concat([int32(whole.length + 4), whole]);
};
const startUp = (version: number, parameters: Readonly<Record<string, string>>): Buffer =>
  packet(
    int32(version),
    ...Object.entries(parameters).flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Buffer.alloc(1),
  );
const V3 = 3 << 16;
const ASKS_FOR_PASSWORD = 'R\0\0\0\x08\0\0\0\x03';
const { user = '' } = parseUrl(server.connectionString);

describe('what a client begins with', () => {
  const SSL = packet(int32(80877103));
  const GSS = packet(int32(80877104));
  it.each([
    [
      'TLS and GSSAPI are declined',
      Buffer.concat([SSL, GSS, startUp(V3, { user })]),
      `NN${ASKS_FOR_PASSWORD}`,
    ],
    [
      'a minor version and options of the protocol are negotiated',
      startUp(V3 + 2, { user, '_pq_.news': 'on' }),
      `v\0\0\0\x16\0\x03\0\0\0\0\0\x01_pq_.news\0${ASKS_FOR_PASSWORD}`,
    ],
  ])('%s', async (_, bytes, answer) => {
    expect(await saidTo(bytes, answer.length)).toBe(answer);
  });

  it.each([
    [
      'a second request for TLS',
      Buffer.concat([SSL, SSL]),
      /^NE.*C0A000\0Munsupported frontend protocol 1234.5679/,
    ],
    ['TLS without asking', Buffer.from([0x16, 3, 1, 2, 0, 1]), /^E.*C08P01\0Mthere is no TLS on this port/],
    ['a packet that is too long', int32(10_001), /^E.*C08P01\0Minvalid length of startup packet/],
    ['a packet that is too short', int32(7), /^E.*C08P01\0Minvalid length of startup packet/],
    ['an older protocol', startUp(2 << 16, { user }), /^E.*C0A000\0Munsupported frontend protocol 2.0/],
    [
      'parameters without an end',
      packet(int32(V3), cstring('user'), Buffer.from('x')),
      /^E.*C08P01\0Minvalid startup packet layout/,
    ],
    ['nobody', startUp(V3, { database: 'x' }), /^E.*C28000\0Mno PostgreSQL user name/],
    ['another user', startUp(V3, { user: 'somebody' }), /^E.*C28000\0Mrole "somebody" is not let in/],
    [
      'a Query for a password',
      Buffer.concat([startUp(V3, { user }), query('select 1')]),
      /^R.*E.*C08P01\0Mexpected password response/s,
    ],
    [
      'a wrong password',
      Buffer.concat([startUp(V3, { user }), message('p', cstring('wrong'))]),
      /^R.*E.*C28P01\0Mpassword authentication failed/s,
    ],
    [
      'a cancel request of another length',
      packet(int32(80877102), int32(1)),
      /^E.*C08P01\0Minvalid length of cancel/,
    ],
  ])('is refused in words: %s', async (_, bytes, answer) => {
    expect(await saidTo(bytes)).toMatch(answer);
  });

  it('is no password of another port, nor the real one', async () => {
    const other = await ListeningPort.open(server, { rttMs: 0 });
    const { password = '' } = parseUrl(other.address.connectionString);
    for (const wrong of [password, parseUrl(server.connectionString).password ?? '']) {
      const address = withParameters(port.address, { password: wrong });
      await expect(connected(address)).rejects.toMatchObject({ code: '28P01' });
    }
    await other.close();
  });
});

describe('what the server says to the tool', () => {
  it('reaches the client: parameters, key, state', async () => {
    const [direct, through] = [await RawClient.connect(server), await connected(port.address)];
    const { processID } = through as unknown as { processID: number };
    expect((await through.query('select pg_backend_pid() pid')).rows).toEqual([{ pid: processID }]);
    direct.close();
    await through.end();
  });

  it('begins with the parameters of the client', async () => {
    const address = withParameters(port.address, { application_name: 'it', options: '-c lock_timeout=77' });
    const client = await connected(address);
    const { rows } = await client.query(
      `select current_setting('application_name') a, current_setting('lock_timeout') l`,
    );
    expect(rows).toEqual([{ a: 'it', l: '77ms' }]);
    await client.end();
  });

  it.each([
    ['a database that is not there', { dbname: 'no_such_database' }, '3D000'],
    ['a setting that is not there', { options: '-c no_such_setting=1' }, '42704'],
  ])('reaches the client as it came: %s', async (_, parameters, code) => {
    const refusalOf = (address: ServerAddress) =>
      connected(withParameters(address, parameters)).then(
        () => expect.unreachable(),
        (error: Error) => ({ ...error, message: error.message }),
      );
    const through = await refusalOf(port.address);
    expect(through).toMatchObject({ code, severity: 'FATAL' });
    expect(through).toEqual(await refusalOf(server));
  });

  it('is told in words where there is no server', async () => {
    const nobody = withParameters(server, { host: '127.0.0.1', port: String(await closedPort()) });
    const astray = await ListeningPort.open(nobody, { rttMs: 0 });
    await expect(connected(astray.address)).rejects.toMatchObject({
      code: '08006',
      message: expect.stringMatching(/^cannot use PostgreSQL at .*ECONNREFUSED/) as string,
    });
    await astray.close();
  });
});

describe.each([
  ['a server that wants SCRAM', 'disable'],
  ['a server that wants TLS and SCRAM', 'verify-full'],
])('%s', (_, sslmode) => {
  let own: OwnServer;
  let secured: ListeningPort;
  beforeAll(async () => {
    const access = sslmode === 'disable' ? 'host' : 'hostssl';
    own = await startOwnServer('owner’s pass', [`${access} all all all scram-sha-256`], {
      max_connections: '5',
    });
    const given = { host: 'localhost', port: String(own.port), user: OWNER, password: 'owner’s pass' };
    const tls = { sslmode, ...(sslmode !== 'disable' && { sslrootcert: own.rootCertificate }) };
    const address = withConnectionString('test', toUrl({ ...given, dbname: 'postgres', ...tls }));
    secured = await ListeningPort.open(address, { rttMs: 0 });
  });
  afterAll(async () => {
    await secured.close();
    await own.stop();
  });

  it('is logged in to, and passes what is large', async () => {
    const client = await connected(secured.address);
    const { rows } = await client.query<{ ssl: boolean; long: string }>(
      `select ssl, repeat('x', 5000000) long from pg_stat_ssl where pid = pg_backend_pid()`,
    );
    expect(rows.map(({ ssl, long }) => [ssl, long.length])).toEqual([[sslmode !== 'disable', 5_000_000]]);
    await client.end();
  });

  it('cancels what a client of the wire asked for', async () => {
    const client = await connected(secured.address);
    const asked = outcomeOf(client.query('select pg_sleep(20)'));
    const [session] = secured.sessions;
    await expect.poll(() => session?.isBusy).toBe(true);
    const { pid = 0, secretKey = 0 } = session ?? {};
    const cancel = (key: number) =>
      saidTo(packet(int32(80877102), int32(pid), int32(key)), Infinity, secured);
    expect(await cancel(secretKey ^ 1)).toBe('');
    expect(session?.isBusy).toBe(true);
    expect(await cancel(secretKey)).toBe('');
    expect(await asked).toBe('canceling statement due to user request');
    await client.end();
  });

  it('says that it has no place left', async () => {
    const clients: pg.Client[] = [];
    const fill = async (): Promise<never> => {
      for (;;) clients.push(await connected(secured.address));
    };
    await expect(fill()).rejects.toMatchObject({ code: '53300' });
    await Promise.all(clients.map((client) => client.end()));
  });
});
