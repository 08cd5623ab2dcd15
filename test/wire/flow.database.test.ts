import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { serialize } from 'pg-protocol';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { message } from '#els/wire/messages.js';
import { ListeningPort, type PortOptions } from '#els/wire/port.js';
import { connected } from './clients.js';
import { RawClient } from './raw-client.js';
import { query } from './scripts.js';

const server = withConnectionString('--database-url', inject('databaseUrl'));
let port: ListeningPort;
afterEach(() => port.close());

async function throughPort(options: Partial<PortOptions> = {}) {
  port = await ListeningPort.open(server, { rttMs: 0, ...options });
  const client = await RawClient.connect(port.address);
  const [session] = port.sessions;
  if (session === undefined) throw new Error('no session');
  return { client, session };
}

const MB = 1_000_000;

describe('what is large', () => {
  it.each([0, 20])('is not kept for a slow client, with a latency of %d ms', async (rttMs) => {
    const { client, session } = await throughPort({ rttMs });
    client.socket.pause();
    await client.send(query(`select repeat('x', ${MB}) from generate_series(1, 60)`));
    let most = 0;
    for (let look = 0; look < 30; look += 1) {
      await sleep(10);
      most = Math.max(most, session.bufferedBytes);
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(2 * MB);
    client.socket.resume();
    await client.expect(`T${'D'.repeat(60)}CZ`);
    expect(client.heard.length).toBeGreaterThan(60 * MB);
    client.close();
  });

  it('is not kept for a server that is slow to take COPY data', async () => {
    const { client, session } = await throughPort();
    await client.send(query('create temp table t (n text); copy t from stdin'));
    await client.expect('CG');
    const blocked = await connected(server);
    await blocked.query('select pg_sleep(0)');
    const line = message('d', Buffer.from(`${'x'.repeat(MB)}\n`));
    let most = 0;
    for (let sent = 0; sent < 40; sent += 1) {
      if (!client.socket.write(line)) await once(client.socket, 'drain');
      most = Math.max(most, session.bufferedBytes);
    }
    expect(most).toBeLessThan(2 * MB);
    await client.send(message('c'));
    await client.expect('CZ');
    await client.send(query('select count(*) from t'));
    await client.expect('TDCZ');
    client.close();
    await blocked.end();
  });

  it('goes on while the client still sends', async () => {
    const { client } = await throughPort();
    const many = 20_000;
    await client.send(Buffer.concat(Array.from({ length: many }, () => query(`select repeat('x', 100)`))));
    await client.expect('TDCZ'.repeat(many));
    client.close();
  });
});

describe('a reply that is lost', () => {
  it('leaves the one before it whole, though both came in one chunk', async () => {
    const { client, session } = await throughPort();
    client.socket.pause();
    const large = `select repeat('x', ${MB}) from generate_series(1, 20)`;
    await client.send(Buffer.concat([query(large), query('select 2'), query('select 3')]));
    // The server writes the rest, and the next replies, when the client reads on.
    await expect.poll(() => session.bufferedBytes).toBeGreaterThan(0);
    session.loseNextReply();
    client.socket.resume();
    await client.expect(`T${'D'.repeat(20)}CZ`);
    expect(await client.ended).toBe('end');
  });

  it('is lost by a reset', async () => {
    const { client, session } = await throughPort();
    await client.send(query('select 1'));
    await client.expect('TDCZ');
    session.loseNextReply();
    await client.send(query('select 2'));
    expect(await client.ended).toBe('ECONNRESET');
    await client.expect('');
  });

  it('is that behind COPY data, too', async () => {
    const { client, session } = await throughPort();
    await client.send(query('create temp table t (n int)'));
    await client.expect('CZ');
    session.loseNextReply();
    await client.send(query('copy t from stdin'));
    await client.expect('G');
    await client.send(message('c'));
    expect(await client.ended).toBe('ECONNRESET');
    await client.expect('');
  });

  it('is none that ends with a Flush: its statement would be undone', async () => {
    const { client, session } = await throughPort();
    session.loseNextReply();
    await client.send(Buffer.concat([serialize.parse({ text: 'select 1' }), serialize.flush()]));
    await client.expect('1');
    await client.send(Buffer.concat([serialize.bind(), serialize.execute(), serialize.sync()]));
    expect(await client.ended).toBe('ECONNRESET');
    await client.expect('');
  });
});

describe('what no message is', () => {
  it.each([
    ['a type', Buffer.from('Y\0\0\0\x04'), 'invalid frontend message type 89'],
    ['a length', Buffer.from('Q\xff\xff\xff\xff', 'latin1'), 'invalid message length -1'],
  ])('is refused in words: %s', async (_, bytes, words) => {
    const { client } = await throughPort();
    await client.send(query('select 1'));
    await client.expect('TDCZ');
    await client.send(bytes);
    await client.expect('E');
    expect(client.heard.toString('latin1')).toContain(words);
    expect(await client.ended).toBe('end');
    await expect.poll(() => port.sessions.size).toBe(0);
  });
});

describe('an end', () => {
  it('of the server reaches the client, with all that was said before', async () => {
    const { client } = await throughPort({ rttMs: 20 });
    await client.send(
      query(
        `select repeat('x', 100000); do $$ begin perform pg_terminate_backend(pg_backend_pid()), pg_sleep(9); end $$`,
      ),
    );
    await client.expect('TDCE');
    expect(client.heard.toString('latin1')).toContain('57P01');
    expect(await client.ended).toBe('end');
  });

  it('of an idle backend reaches its client', async () => {
    const { client } = await throughPort();
    const other = await connected(server);
    await other.query('select pg_terminate_backend($1)', [client.pid]);
    await client.expect('E');
    expect(await client.ended).toBe('end');
    await other.end();
  });

  it.each([0, 20])('of the client reaches the server behind what it asked, at %d ms', async (rttMs) => {
    const { client } = await throughPort({ rttMs });
    const other = await connected(server);
    const table = `ended_${process.pid}_${rttMs}`;
    client.socket.end(Buffer.concat([query(`create table ${table} (n int)`), message('X')]));
    await client.ended;
    await expect.poll(() => port.sessions.size).toBe(0);
    await other.query(`drop table ${table}`);
    await other.end();
  });

  it('of a client that says nothing more gives it the answers that are due', async () => {
    const { client } = await throughPort();
    client.socket.allowHalfOpen = true;
    client.socket.end(query('select pg_sleep(0.1)'));
    await client.expect('TDCZ');
    expect(await client.ended).toBe('end');
  });

  it('by a reset of the client ends the backend', async () => {
    const { client } = await throughPort();
    client.socket.resetAndDestroy();
    await expect.poll(() => port.sessions.size).toBe(0);
  });

  it('of the port resets its clients', async () => {
    const { client } = await throughPort();
    await port.close();
    expect(await client.ended).toBe('ECONNRESET');
  });
});
