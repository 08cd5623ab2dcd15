import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { DatabasePool } from '../database/pool.js';
import { transaction } from '../database/session.js';
import { bindValues, loadStatement } from '../database/statement.js';
import type { RunningCommand } from '../domain/held-run.js';

const LOCK = loadStatement('runs/lock');
const UNLOCK = loadStatement('runs/unlock');
const BEAT = loadStatement('runs/beat');

/** Far more often than runs/find.sql takes a heartbeat for stale: an oracle may keep the process busy for a while. */
const BEAT_MS = 3_000;
/** Between two attempts to get a lost connection back. */
const AGAIN_MS = 100;

/** Ends what tells that a command is alive. */
export type EndOfWork = () => Promise<void>;

/**
 * Tells all who look at the schema that a command is alive, until it ends or says so: by a lock, which is taken again
 * when its connection is lost, or by a heartbeat.
 *
 * @param pool of one connection, for this alone; its session lasts unless the command beats
 * @throws what the database raises where there is no connection to begin with
 */
export function beginWork(pool: DatabasePool, command: RunningCommand): Promise<EndOfWork> {
  return command.beats ? Promise.resolve(beginBeating(pool, command)) : new HeldLock(pool, command).hold();
}

function beginBeating(pool: DatabasePool, { commandId }: RunningCommand): EndOfWork {
  const beat = async (alive: boolean) => {
    const client = await pool.connect();
    try {
      const values = bindValues(BEAT, { command_id: commandId, alive: String(alive) });
      await transaction(client, () => client.query(BEAT.text, values));
    } finally {
      client.release();
    }
  };
  // A database that is away is told by the work itself; the next beat comes soon.
  const timer = setInterval(() => void beat(true).catch(() => undefined), BEAT_MS);
  return async () => {
    clearInterval(timer);
    // Where the database is away the heartbeat grows stale.
    await beat(false).catch(() => undefined);
  };
}

/** A lock of a session that is replaced when it is lost. */
class HeldLock {
  #client: PoolClient | undefined;
  #hasEnded = false;
  #renewal: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: DatabasePool,
    private readonly command: RunningCommand,
  ) {}

  async hold(): Promise<EndOfWork> {
    await this.#lock();
    return () => this.#end();
  }

  async #lock(): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query(LOCK.text, bindValues(LOCK, { command_id: this.command.commandId }));
    } catch (error) {
      client.release(true);
      throw error;
    }
    this.#client = client;
    client.once('end', () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      client.release(true);
      this.#renewal = this.#lockAgain();
    });
  }

  /** That the server is away is told by the work itself. */
  async #lockAgain(): Promise<void> {
    while (!this.#hasEnded) {
      try {
        return await this.#lock();
      } catch {
        await sleep(AGAIN_MS);
      }
    }
  }

  async #end(): Promise<void> {
    this.#hasEnded = true;
    await this.#renewal;
    const client = this.#client;
    this.#client = undefined;
    // A connection that is lost has no lock any more.
    await client
      ?.query(UNLOCK.text, bindValues(UNLOCK, { command_id: this.command.commandId }))
      .catch(() => undefined);
    client?.release(true);
  }
}
