import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { Wire, type WirePort } from '#els/wire/wire.js';
import { BROKEN, connected, outcomeOf } from './clients.js';

const address = withConnectionString('--database-url', inject('databaseUrl'));

it('is ended when it answers what is no number', async () => {
  const liar = fileURLToPath(new URL('lying-wire.js', import.meta.url));
  await expect(Wire.start(address, { rttMs: 0 }, liar)).rejects.toMatchObject({
    code: 'wire_misbehaved',
    message: 'the wire did not answer start; it was killed',
  });
});

it('says that its process died', async () => {
  const mortal = fileURLToPath(new URL('mortal-wire.js', import.meta.url));
  await expect(Wire.start(address, { rttMs: 0 }, mortal)).rejects.toMatchObject({ code: 'wire_died' });
});

describe('without latency', () => {
  let wire: Wire;
  let port: WirePort;
  beforeAll(async () => {
    wire = await Wire.start(address, { rttMs: 0 });
    port = await wire.openPort();
  });
  afterAll(() => wire.close());

  it('passes everything on, in order and whole', async () => {
    const client = await connected(port.address);
    const { rows } = await client.query<{ long: string; n: number }>(
      `select repeat('é', 200000) as long, n from generate_series(1, 3) n`,
    );
    expect(rows.map(({ long, n }) => [long.length, n])).toEqual([1, 2, 3].map((n) => [200_000, n]));
    await client.end();
  });

  it('loses one reply of each connection, however many parts it has, and what was asked has happened', async () => {
    const [one, other] = [await connected(port.address), await connected(port.address)];
    const table = `lost_${process.pid}`;
    await one.query(`create table ${table} (n integer)`);
    expect(await wire.loseNextReplies()).toBe(2);
    const insert = `insert into ${table} values (1); select repeat('x', 1000) from generate_series(1, 5000)`;
    expect(await outcomeOf(one.query(insert))).toMatch(BROKEN);
    expect(await wire.repliesLost()).toBe(1);
    expect(await outcomeOf(other.query(`select n from ${table}`))).toMatch(BROKEN);
    expect(await wire.repliesLost()).toBe(2);

    const later = await connected(port.address);
    expect((await later.query(`select n from ${table}`)).rows).toEqual([{ n: 1 }]);
    await later.query(`drop table ${table}`);
    await later.end();
  });

  it('loses the reply that comes next, not the one of which a part is gone', async () => {
    const client = await connected(port.address);
    const begun = new Promise<void>((resolve) => client.once('notice', () => resolve()));
    const rows = client.query(
      `select repeat('x', 1000) from generate_series(1, 1000); do $$ begin raise notice 'half'; perform pg_sleep(0.3); end $$; select 1`,
    );
    await begun;
    await wire.loseNextReplies();
    expect(await outcomeOf(rows)).toBe('answered');
    expect(await wire.repliesLost()).toBe(0);
    expect(await outcomeOf(client.query('select 1'))).toMatch(BROKEN);
    expect(await wire.repliesLost()).toBe(1);
  });

  it('takes no notification for a reply', async () => {
    const [client, notifier] = [await connected(port.address), await connected(address)];
    await client.query('listen news');
    await wire.loseNextReplies();
    const heard = new Promise((resolve) => client.once('notification', resolve));
    await notifier.query('notify news');
    await heard;
    expect(await wire.repliesLost()).toBe(0);
    expect(await outcomeOf(client.query('select 1'))).toMatch(BROKEN);
    expect(await wire.repliesLost()).toBe(1);
    await notifier.end();
  });

  it('answers each of two questions that are asked at once', async () => {
    const client = await connected(port.address);
    expect(await Promise.all([wire.loseNextReplies(), wire.repliesLost()])).toEqual([1, 0]);
    await wire.loseNoReplies();
    await client.end();
  });

  it('loses nothing when it was told otherwise meanwhile', async () => {
    const client = await connected(port.address);
    await wire.loseNextReplies();
    await wire.loseNoReplies();
    expect(await outcomeOf(client.query('select 1'))).toBe('answered');
    await client.end();
  });

  it('resets connections with a round trip under way, and no other', async () => {
    const [busy, idle, listening] = [
      await connected(port.address),
      await connected(port.address),
      await connected(port.address),
    ];
    await listening.query('listen news');
    const asked = outcomeOf(
      busy.query(`select repeat('x', 100000) from generate_series(1, 5); notify news; select pg_sleep(20)`),
    );
    const heard = new Promise((resolve) => listening.once('notification', resolve));
    await idle.query('notify news');
    await heard;
    await expect.poll(() => wire.resetBusyConnections()).toBe(1);
    expect(await asked).toMatch(BROKEN);
    expect(await outcomeOf(idle.query('select 1'))).toBe('answered');
    expect(await outcomeOf(listening.query('select 1'))).toBe('answered');
    await Promise.all([idle.end(), listening.end()]);
  });

  it('tells the backends of a port, which of them are busy, and how many round trips went by', async () => {
    const own = await wire.openPort();
    const [busy, idle] = [await connected(own.address), await connected(own.address)];
    const pidOf = async (client: typeof busy): Promise<number> =>
      (await client.query<{ pid: number }>('select pg_backend_pid() pid')).rows[0]?.pid ?? 0;
    const pids = [await pidOf(busy), await pidOf(idle)];
    expect(await wire.roundTrips(own)).toBe(2);
    const asked = outcomeOf(busy.query('select pg_sleep(20)'));
    const expected = [
      { pid: pids[0], busy: true },
      { pid: pids[1], busy: false },
    ];
    await expect.poll(() => wire.backends(own)).toEqual(expected);
    await idle.query('select pg_terminate_backend($1)', [pids[0]]);
    expect(await asked).toBe('terminating connection due to administrator command');
    await expect.poll(() => wire.backends(own)).toEqual(expected.slice(1));
    await idle.end();
    await expect.poll(() => wire.backends(own)).toEqual([]);
    expect(await wire.roundTrips(own)).toBe(3);
    expect(await wire.roundTrips()).toBeGreaterThan(3);
  });

  it.skipIf(!existsSync('/proc/self/environ'))('keeps the password of the server to itself', () => {
    const { password } = new URL(address.connectionString);
    expect(new URL(port.address.connectionString).password).not.toBe(password);
    expect(JSON.stringify(port)).not.toContain(new URL(port.address.connectionString).password);
    const children = readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && parentOf(name) === process.pid,
    );
    expect(children).not.toEqual([]);
    for (const child of children) {
      const told = ['environ', 'cmdline'].map((file) => readFileSync(`/proc/${child}/${file}`, 'latin1'));
      expect(told.join('')).not.toContain(password);
    }
  });
});

function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return NaN;
  }
}

describe('with latency', () => {
  it.each([2, 25])('makes no round trip shorter than %d ms', async (rttMs) => {
    const wire = await Wire.start(address, { rttMs });
    const client = await connected((await wire.openPort()).address);
    const tookMs: number[] = [];
    for (let trip = 0; trip < 20; trip++) {
      const before = performance.now();
      await client.query('select 1');
      tookMs.push(performance.now() - before);
    }
    expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(rttMs);
    expect(Math.min(...tookMs)).toBeLessThan(rttMs + 20);
    await client.end();
    await wire.close();
  });

  it('gives the client the reply before the one that is lost', async () => {
    const wire = await Wire.start(address, { rttMs: 50 });
    const client = await connected((await wire.openPort()).address, { pipeline: true });
    const begun = new Promise<void>((resolve) => client.once('notice', () => resolve()));
    const first = outcomeOf(
      client.query(`select 1; do $$ begin raise notice 'half'; perform pg_sleep(0.3); end $$`),
    );
    const second = outcomeOf(client.query('select 2'));
    await begun;
    await wire.loseNextReplies();
    expect(await second).toMatch(BROKEN);
    expect(await first).toBe('answered');
    expect(await wire.repliesLost()).toBe(1);
    await wire.close();
  });
});
