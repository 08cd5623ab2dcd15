import { TABLES } from '../database/drift.js';
import { bindValues, loadStatement } from '../database/statement.js';
import type { Database } from './database.js';
import { withClient } from '../database/on-pool.js';
import type { Target } from '../target/target.js';

const CHANGED_ROWS = loadStatement('database/changed-rows');

/** Tables that a note names, at most. */
const MOST_TABLES = 5;

/**
 * Rows of tables that are not the tool's, as the server counts them while a custom strategy's load runs. The built-in ones
 * change none.
 */
export class ForeignRows {
  readonly #database: Database;
  /** By table; undefined where nobody watches. */
  readonly #before: ReadonlyMap<string, number> | undefined;

  private constructor(database: Database, before: ReadonlyMap<string, number> | undefined) {
    this.#database = database;
    this.#before = before;
  }

  /** Begins to watch, before the load. */
  static async watch(database: Database, { file, hasOwnSchema }: Target): Promise<ForeignRows> {
    return new ForeignRows(
      database,
      file !== undefined && !hasOwnSchema ? await changedRows(database) : undefined,
    );
  }

  /**
   * Says which tables changed. Ask when the run's sessions have ended: then they have told the server all.
   *
   * @returns a line where any did
   */
  async notes(): Promise<string[]> {
    const before = this.#before;
    if (before === undefined) return [];
    const changed = [...(await changedRows(this.#database))]
      .map(([table, rows]) => ({ table, rows: rows - (before.get(table) ?? 0) }))
      .filter(({ rows }) => rows > 0)
      .sort((one, other) => other.rows - one.rows);
    if (changed.length === 0) return [];
    const named = changed.slice(0, MOST_TABLES).map(({ table, rows }) => `${table} ${rows}`);
    const more = changed.length > MOST_TABLES ? [`${changed.length - MOST_TABLES} more tables`] : [];
    return [
      `rows changed outside the tool's tables while the load ran: ${[...named, ...more].join(', ')}; ` +
        'by its statement or by other sessions, the server does not tell by which',
    ];
  }
}

async function changedRows({ pool, schema }: Database): Promise<Map<string, number>> {
  const values = { schema, tables: TABLES };
  const { rows } = await withClient(pool, (client) =>
    client.query<{ table: string; rows: string }>(
      CHANGED_ROWS.text,
      bindValues<unknown>(CHANGED_ROWS, values),
    ),
  );
  return new Map(rows.map((row) => [row.table, Number(row.rows)]));
}
