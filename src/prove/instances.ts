import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { DatabasePool } from '../database/pool.js';
import { openSession, prepare } from '../database/session.js';
import { loadStatement } from '../database/statement.js';
import { CLIENT_STATEMENTS, ScheduledClient } from './scheduled-client.js';
import type { ProofInstance, ProofSubject } from './subject.js';

/** A connection and what is proven on it, as an instance of a service has it. */
export interface Instance {
  readonly pid: number;
  readonly scheduled: ScheduledClient;
  readonly assigning: ProofInstance;
  readonly client: PoolClient;
}

const BACKEND_PID = loadStatement('database/backend-pid');
const ASYNCHRONOUS = loadStatement('prove/asynchronous');
const BLOCKED = loadStatement('prove/blocked');
const ALIVE = loadStatement('prove/alive');
const CANCEL = loadStatement('prove/cancel');
const TERMINATE = loadStatement('database/terminate-backend');

/** A lock is waited for as long as its holder lives. */
const NO_LOCK_TIMEOUT = 0;

/** The instances that all schedules are run with, and a session that controls them. */
export class Instances {
  readonly all: Instance[] = [];

  private constructor(
    private readonly pool: DatabasePool,
    private readonly subject: ProofSubject,
    /** Registers, watches and judges; never waits for a lock. */
    readonly control: PoolClient,
  ) {}

  /**
   * Connects the controlling session.
   *
   * @param pool connections for the instances alone
   */
  static async connect(pool: DatabasePool, subject: ProofSubject): Promise<Instances> {
    const control = await connect(pool, (client) => open(client, subject.schema));
    return new Instances(pool, subject, control);
  }

  /** Makes sure that so many instances are there, each alive. */
  async start(count: number): Promise<readonly Instance[]> {
    while (this.all.length < count) this.all.push(await this.#startOne());
    return this.all.slice(0, count);
  }

  /** Ends an instance as the death of its process does; the next `start` replaces it. */
  async kill(instance: Instance): Promise<void> {
    const position = this.all.indexOf(instance);
    if (position === -1) return;
    this.all.splice(position, 1);
    try {
      await this.control.query(TERMINATE.text, [instance.pid]);
      while ((await this.control.query(ALIVE.text, [instance.pid])).rows.length > 0) await sleep(1);
    } finally {
      instance.client.release(true);
    }
  }

  /** Ends what the sessions are at, whoever waits for it. */
  async interrupt(): Promise<void> {
    await this.control.query(CANCEL.text, [this.all.map(({ pid }) => pid)]);
  }

  /** Gives all connections back to the pool, closed. */
  close(): void {
    for (const { client } of [...this.all, { client: this.control }]) client.release(true);
  }

  /** Which of these sessions wait for a lock that another of them holds. */
  async blocked(pids: readonly number[]): Promise<ReadonlySet<number>> {
    const query = { name: BLOCKED.name, text: BLOCKED.text, values: [pids] };
    const { rows } = await this.control.query<{ pid: number }>(query);
    return new Set(rows.map(({ pid }) => pid));
  }

  async #startOne(): Promise<Instance> {
    const { schema, holdFreeSlots, roundTrips } = this.subject;
    const client = await connect(this.pool, async (made) => {
      await open(made, schema);
      await prepare(made, [...CLIENT_STATEMENTS, holdFreeSlots]);
    });
    const { rows } = await client.query<{ pid: number }>(BACKEND_PID.text);
    const scheduled = new ScheduledClient(client, roundTrips);
    const assigning = this.subject.open(scheduled.asPool());
    return { pid: rows[0]?.pid ?? 0, scheduled, client, assigning };
  }
}

async function open(client: PoolClient, schema: string): Promise<void> {
  await openSession(client, { schema, lockTimeoutMs: NO_LOCK_TIMEOUT }, []);
  await client.query(ASYNCHRONOUS.text);
}

/** A connection that is made ready, or given back: the pool's end waits for it. */
async function connect(
  pool: DatabasePool,
  makeReady: (client: PoolClient) => Promise<void>,
): Promise<PoolClient> {
  const client = await pool.connect();
  try {
    await makeReady(client);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
