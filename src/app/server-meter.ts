import { walPositionBytes } from '../database/environment.js';
import type { DatabasePool } from '../database/pool.js';
import {
  findStatementStatistics,
  readStatementTotals,
  workBetween,
  type ServerWork,
  type StatementTotals,
} from '../database/statement-statistics.js';
import type { Statement } from '../database/statement.js';
import { withClient } from '../database/on-pool.js';

/** What a load cost the server. */
export interface ServerCost {
  /** Written by the whole server while the load ran. */
  readonly walBytes: number;
  /** For every statement of the role in the database while the load ran; undefined where nobody can tell. */
  readonly work: ServerWork | undefined;
}

/** Measures what a server does between two moments. The statements of the measurement itself stay out of it. */
export class ServerMeter {
  readonly #pool: DatabasePool;
  #walBytes = 0;
  #statistics: Statement | undefined;
  #totals: StatementTotals | undefined;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  start(): Promise<void> {
    return withClient(this.#pool, async (client) => {
      this.#walBytes = await walPositionBytes(client);
      this.#statistics = await findStatementStatistics(client);
      this.#totals = this.#statistics && (await readStatementTotals(client, this.#statistics));
    });
  }

  stop(): Promise<ServerCost> {
    return withClient(this.#pool, async (client) => {
      const totals =
        this.#totals && this.#statistics && (await readStatementTotals(client, this.#statistics));
      const walBytes = (await walPositionBytes(client)) - this.#walBytes;
      return { walBytes, work: workBetween(this.#totals, totals) };
    });
  }
}
