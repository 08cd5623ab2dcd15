import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { Proxy } from '#els/faults/proxy/proxy.js';

const address = withConnectionString('--database-url', inject('databaseUrl'));

async function connectedBy({ endpoint }: Proxy): Promise<pg.Client> {
  const url = new URL(inject('databaseUrl'));
  url.hostname = endpoint.host;
  url.port = String(endpoint.port);
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const outcomeOf = (query: Promise<unknown>): Promise<string> =>
  query.then(
    () => 'answered',
    (error: Error) => error.message,
  );

it('is ended when it answers what is no number', async () => {
  const liar = fileURLToPath(new URL('lying-proxy.js', import.meta.url));
  await expect(Proxy.start(address, 0, liar)).rejects.toMatchObject({
    code: 'proxy_misbehaved',
    message: 'the TCP proxy did not answer open; it was killed',
  });
});

describe('without latency', () => {
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await Proxy.start(address, 0);
  });
  afterAll(() => proxy.close());

  it('passes everything on, in order and whole', async () => {
    const client = await connectedBy(proxy);
    const { rows } = await client.query<{ long: string; n: number }>(
      `select repeat('é', 200000) as long, n from generate_series(1, 3) n`,
    );
    expect(rows.map(({ long, n }) => [long.length, n])).toEqual([1, 2, 3].map((n) => [200_000, n]));
    await client.end();
  });

  it('loses one reply of each connection, and what was asked has happened', async () => {
    const client = await connectedBy(proxy);
    const table = `lost_${process.pid}`;
    await client.query(`create table ${table} (n integer)`);
    expect(await proxy.loseNextReplies()).toBe(1);
    expect(await outcomeOf(client.query(`insert into ${table} values (1)`))).toMatch(/terminated|ECONNRESET/);
    expect(await proxy.repliesLost()).toBe(1);

    const other = await connectedBy(proxy);
    expect((await other.query(`select n from ${table}`)).rows).toEqual([{ n: 1 }]);
    await other.query(`drop table ${table}`);
    await other.end();
  });

  it('answers each of two questions that are asked at once', async () => {
    const client = await connectedBy(proxy);
    expect(await Promise.all([proxy.loseNextReplies(), proxy.repliesLost()])).toEqual([1, 0]);
    await proxy.loseNoReplies();
    await client.end();
  });

  it('loses nothing when it was told otherwise meanwhile', async () => {
    const client = await connectedBy(proxy);
    await proxy.loseNextReplies();
    await proxy.loseNoReplies();
    expect(await outcomeOf(client.query('select 1'))).toBe('answered');
    await client.end();
  });

  it('resets connections with a request under way, and no other', async () => {
    const [busy, idle] = [await connectedBy(proxy), await connectedBy(proxy)];
    const asked = outcomeOf(busy.query('select pg_sleep(20)'));
    await expect.poll(() => proxy.resetBusyConnections()).toBe(1);
    expect(await asked).toMatch(/terminated|ECONNRESET/);
    expect(await outcomeOf(idle.query('select 1'))).toBe('answered');
    await idle.end();
  });
});

describe('with latency', () => {
  it.each([2, 25])('makes no round trip shorter than %d ms', async (rttMs) => {
    const proxy = await Proxy.start(address, rttMs);
    const client = await connectedBy(proxy);
    const tookMs: number[] = [];
    for (let trip = 0; trip < 20; trip++) {
      const before = performance.now();
      await client.query('select 1');
      tookMs.push(performance.now() - before);
    }
    expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(rttMs);
    await client.end();
    await proxy.close();
  });
});
