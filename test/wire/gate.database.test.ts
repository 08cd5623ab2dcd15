import pg from 'pg';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import type { Gate, GatedSession, Request } from '#els/wire/gate.js';
import { ListeningPort } from '#els/wire/port.js';
import { splitBeforeExecute } from '#els/wire/split.js';
import { OF_CLIENT, OF_SERVER } from '#els/wire/tags.js';
import { connected } from './clients.js';

const server = withConnectionString('--database-url', inject('databaseUrl'));
const table = `gated_${process.pid}`;

/** A round trip that stands at the gate. */
interface Held {
  readonly session: GatedSession;
  readonly request: Request;
  /** Ends the round trip's stay at the gate. */
  readonly done: () => void;
}

/** Keeps what executes something until a test takes it; what only prepares and describes passes. */
class HoldingGate implements Gate {
  isClosed = false;
  readonly errors: unknown[] = [];
  readonly #held: Held[] = [];
  #note: () => void = () => undefined;

  opened(): void {}
  closed(): void {
    this.isClosed = true;
  }
  failed(_: GatedSession, error: unknown): void {
    this.errors.push(error);
  }
  async roundTrip(session: GatedSession, request: Request): Promise<void> {
    if (!this.isClosed && !request.messages.some(({ tag }) => EXECUTING.includes(tag)))
      return void (await session.pass(request.messages));
    await new Promise<void>((done) => {
      this.#held.push({ session, request, done });
      this.#note();
    });
  }
  get count(): number {
    return this.#held.length;
  }
  async next(): Promise<Held> {
    while (this.#held.length === 0) await new Promise<void>((resolve) => (this.#note = resolve));
    return this.#held.shift() as Held;
  }
}
const EXECUTING: readonly number[] = [OF_CLIENT.query, OF_CLIENT.execute];

/** Statements by a driver; each returns its rows. */
interface Driver {
  run(text: string): Promise<readonly object[]>;
  /** What it says when its backend was terminated, whether the wire is between or not. */
  readonly terminated: string;
  end(): Promise<void>;
}

const DRIVERS: Readonly<Record<string, (url: string) => Promise<Driver>>> = {
  'node-postgres, prepared': async (url) => nodePostgres(url, (text) => ({ text, name: text.slice(0, 60) })),
  'node-postgres, simple': async (url) => nodePostgres(url, (text) => ({ text })),
  'postgres.js': (url) => {
    const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
    return Promise.resolve({
      terminated: 'CONNECTION_CLOSED',
      run: async (text: string) => [...(await sql.unsafe(text, [], { prepare: true }))],
      end: () => sql.end({ timeout: 1 }),
    });
  },
};

async function nodePostgres(url: string, config: (text: string) => pg.QueryConfig): Promise<Driver> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  return {
    terminated: '57P01',
    run: async (text) => (await client.query<Record<string, unknown>>(config(text))).rows,
    end: () => client.end(),
  };
}

describe.each(Object.entries(DRIVERS))('by %s, a round trip', (_, open) => {
  let gate: HoldingGate;
  let port: ListeningPort;
  let driver: Driver;
  let other: pg.Client;
  beforeAll(async () => {
    other = await connected(server);
  });
  afterAll(() => other.end());
  beforeEach(async () => {
    await other.query(
      `drop table if exists ${table}; create table ${table} (n int); insert into ${table} values (1), (2)`,
    );
    gate = new HoldingGate();
    port = await ListeningPort.open(server, { rttMs: 0, gate });
    driver = await open(port.address.connectionString);
  });
  afterEach(async () => {
    await driver.end();
    await port.close();
    await other.query(`drop table ${table}`);
    expect(gate.errors).toEqual([]);
  });
  const rowsNow = async (): Promise<number> =>
    (await other.query<{ n: number }>(`select count(*)::int n from ${table}`)).rows[0]?.n ?? NaN;

  it('is held, and released', async () => {
    const asked = driver.run(`delete from ${table} where n = 1 returning n`);
    const { session, request, done } = await gate.next();
    expect(await rowsNow()).toBe(2);
    await session.pass(request.messages);
    expect(await asked).toEqual([{ n: 1 }]);
    expect(await rowsNow()).toBe(1);
    done();
  });

  it('is carried out, its answer withheld', async () => {
    const asked = driver.run(`delete from ${table} returning n`);
    const { session, request, done } = await gate.next();
    const answer = await session.exchange(request.messages);
    expect(answer).toMatchObject({ state: 'I', error: undefined });
    expect(await rowsNow()).toBe(0);
    let isAnswered = false;
    void asked.then(() => (isAnswered = true));
    await other.query('select pg_sleep(0.05)');
    expect(isAnswered).toBe(false);
    session.release(answer.messages);
    done();
    expect(await asked).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('is put into a transaction that it knows nothing of, and undone', async () => {
    const asked = driver.run(`delete from ${table} returning n`);
    const { session, request, done } = await gate.next();
    const [begun, answer] = await Promise.all(
      session.together(() => [session.inject('begin'), session.exchange(request.messages)] as const),
    );
    expect([begun.state, answer.state, session.state]).toEqual(['T', 'T', 'T']);
    expect(await rowsNow()).toBe(2);
    const undone = await session.inject('rollback');
    expect(undone).toMatchObject({ state: 'I', error: undefined });
    expect(await rowsNow()).toBe(2);
    session.release(answer.messages, 'I');
    done();
    expect(await asked).toEqual([{ n: 1 }, { n: 2 }]);
    const again = driver.run(`select count(*)::int n from ${table}`);
    const next = await gate.next();
    await next.session.pass(next.request.messages);
    next.done();
    expect(await again).toEqual([{ n: 2 }]);
  });

  it('is given the error of a COMMIT that fails', async () => {
    await other.query(`alter table ${table} add constraint once unique (n) deferrable initially deferred`);
    const asked = driver.run(`insert into ${table} values (1)`);
    const caught = asked.catch((error: { code: string }) => error.code);
    const { session, request, done } = await gate.next();
    await session.inject('begin');
    const answer = await session.exchange(request.messages);
    expect(answer.error).toBeUndefined();
    const committed = await session.inject('commit');
    expect(committed.error).toMatchObject({ C: '23505' });
    const complaint = committed.messages.filter(({ tag }) => tag === OF_SERVER.errorResponse);
    const rest = answer.messages.filter(({ tag }) => tag !== OF_SERVER.commandComplete);
    session.release([...rest.slice(0, -1), ...complaint, ...rest.slice(-1)], 'I');
    done();
    expect(await caught).toBe('23505');
    expect(await rowsNow()).toBe(2);
  });

  it('is split: its snapshot is taken at Bind, its locks at Execute', async () => {
    const asked = driver.run(`select n from ${table} order by n for update skip locked limit 1`);
    const { session, request, done } = await gate.next();
    const split = splitBeforeExecute(request);
    if (split === undefined) return expect.unreachable();
    await session.inject('begin');
    const first = await session.exchange(split.upToBind);
    expect(first).toMatchObject({ state: 'T', error: undefined });
    // Committed after the snapshot: a statement that begins now would not see it.
    await other.query(`insert into ${table} values (0)`);
    const second = await session.exchange(split.fromExecute);
    await session.inject('commit');
    session.release(split.answer(first, second), 'I');
    done();
    expect(await asked).toEqual([{ n: 1 }]);
    expect(await rowsNow()).toBe(3);
  });

  it('is split, and refused before Execute', async () => {
    const asked = driver.run('select no_such_column').catch((error: { code: string }) => error.code);
    // A driver that describes first hears of it before it executes.
    const held = await Promise.race([gate.next(), asked]);
    if (typeof held === 'string' || !('session' in held)) return expect(held).toBe('42703');
    const { session, request, done } = held;
    const split = splitBeforeExecute(request);
    if (split === undefined) return expect.unreachable();
    const first = await session.exchange(split.upToBind);
    expect(first.error).toMatchObject({ C: '42703' });
    session.release(split.answer(first, await session.exchange(split.fromExecute)));
    done();
    expect(await asked).toBe('42703');
  });

  it('is told of parameters and notifications that came during a statement of another', async () => {
    const asked = driver.run(`select 1 as one`);
    const { session, request, done } = await gate.next();
    const injected = await session.inject(`set application_name = 'injected'`);
    expect(injected.messages.map(({ tag }) => tag)).not.toContain(OF_SERVER.parameterStatus);
    await session.pass(request.messages);
    done();
    expect(await asked).toEqual([{ one: 1 }]);
  });

  it('is lost with its backend, and the gate hears of it', async () => {
    const asked = driver.run(`select pg_sleep(20)`).catch((error: { code: string }) => error.code);
    const { session, request, done } = await gate.next();
    const answer = session.exchange(request.messages);
    const lost = expect(answer).rejects.toMatchObject({ name: 'ConnectionLost' });
    await other.query('select pg_terminate_backend($1)', [session.pid]);
    await lost;
    done();
    expect(await asked).toBe(driver.terminated);
    expect(gate.isClosed).toBe(true);
  });
});

it('resets the connection of a gate that fails, and tells it', async () => {
  const gate = new HoldingGate();
  gate.roundTrip = () => Promise.reject(new Error('no way'));
  const port = await ListeningPort.open(server, { rttMs: 0, gate });
  const client = await connected(port.address);
  await expect(client.query('select 1')).rejects.toThrow();
  expect(gate.errors).toEqual([new Error('no way')]);
  await port.close();
});
