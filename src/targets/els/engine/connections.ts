import type { ClientBase } from 'pg';
import { databaseFailure } from '../../../database/failure.js';
import type { DatabasePool } from '../../../database/pool.js';
import {
  ignoreConnectionEvents,
  isDiscarded,
  openSession,
  plan,
  reasonOfLoss,
  type SessionSettings,
} from '../../../database/session.js';
import type { Statement } from '../../../database/statement.js';

/** An engine's connections: each is set up, and its statements are prepared, before its first use. */
export class EngineConnections {
  readonly #pool: DatabasePool;
  readonly #settings: SessionSettings;
  readonly #statements: readonly Statement[];
  readonly #prepared = new WeakSet<ClientBase>();

  /**
   * @param pool connections for one engine alone
   * @param statements prepared on each
   */
  constructor(pool: DatabasePool, settings: SessionSettings, statements: readonly Statement[]) {
    this.#pool = pool;
    // pg-pool takes its own listener away in the moment in which it hands a connection out.
    pool.on('connect', ignoreConnectionEvents);
    this.#settings = settings;
    this.#statements = statements;
  }

  /**
   * Opens connections, and prepares and plans the statements on each; nothing is executed.
   *
   * @param count how many at once, at most the pool's
   * @throws what connecting or preparing raised; what was opened until then stays open
   */
  async open(count: number): Promise<void> {
    // Each holds its connection until all have one: the pool would else lend the same one again.
    const lent = await Promise.allSettled(Array.from({ length: count }, () => this.#pool.connect()));
    const clients = lent.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const prepared = await Promise.allSettled(clients.map((client) => this.#planOnce(client)));
    for (const client of clients) client.release(!this.#prepared.has(client));
    for (const each of [...lent, ...prepared]) if (each.status === 'rejected') throw each.reason;
  }

  /**
   * Lends a connection for as long as `work` lasts. One that broke, could not be prepared or was discarded is closed.
   *
   * @throws what connecting, preparing or `work` raised
   */
  async use<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken = false;
    try {
      await this.#prepareOnce(client);
      return await work(client);
    } catch (error) {
      broken = !this.#prepared.has(client) || databaseFailure(error)?.kind === 'connection';
      throw reasonOfLoss(client, error);
    } finally {
      client.release(broken || isDiscarded(client));
    }
  }

  async #planOnce(client: ClientBase): Promise<void> {
    await this.#prepareOnce(client);
    if (!this.#settings.keepsNothing) await plan(client, this.#statements);
  }

  async #prepareOnce(client: ClientBase): Promise<void> {
    if (this.#prepared.has(client)) return;
    await openSession(client, this.#settings, this.#statements);
    this.#prepared.add(client);
  }
}
