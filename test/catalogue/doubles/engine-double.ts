import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { serverError } from '#els/database/failure.js';
import type { DatabasePool } from '#els/database/pool.js';
import { bindValues, toStatement, type BindValues } from '#els/database/statement.js';
import type { AssignmentRequest, AssignmentResult } from '#els/targets/els/engine/assignment.js';
import { assignmentBinds } from '#els/targets/els/engine/documents.js';
import { sqlFile } from '../../engine/support/custom.js';

export const CTE = sqlFile('strategies/cte.sql');
export const LOOK = sqlFile('completion/look.sql');

const RETRY_AFTER_MS = 5;
const UNIQUE_VIOLATION = '23505';

/** A row as columns by name. */
export type Row = Readonly<Record<string, string | null>>;

/**
 * The engine in its simplest sound form: claim in a transaction, again while slots are locked by others, then look
 * for completion. Each planted bug overrides the step that it gets wrong.
 */
export class EngineDouble {
  constructor(protected readonly pool: DatabasePool) {}

  async assign(request: AssignmentRequest): Promise<AssignmentResult> {
    const binds = assignmentBinds(request, new Date());
    for (;;) {
      const result = await this.attempt(binds);
      if (result !== undefined) {
        await this.lookAfter(binds);
        return result;
      }
      await sleep(RETRY_AFTER_MS);
    }
  }

  /** Ends what the calls left to be done. */
  async close(): Promise<void> {}

  /** One try; undefined when it must be made again. */
  protected async attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    try {
      return await this.inTransaction((client) => this.claim(client, binds));
    } catch (error) {
      if (isUniqueViolation(error)) return undefined;
      throw error;
    }
  }

  protected async claim(client: ClientBase, binds: BindValues): Promise<AssignmentResult | undefined> {
    return toResult(await query(client, CTE, binds));
  }

  protected async lookAfter(binds: BindValues): Promise<void> {
    await query(this.pool, LOOK, binds);
  }

  /** Work in a transaction on one connection, committed unless it throws. */
  protected async inTransaction<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
}

/** Runs SQL with named binds. */
export async function query(
  on: Pick<ClientBase, 'query'>,
  sql: string,
  binds: BindValues,
): Promise<readonly Row[]> {
  const statement = toStatement('', sql);
  const { rows } = await on.query<Row>(statement.text, bindValues(statement, binds));
  return rows;
}

/** What a strategy's row says; undefined for `contended`. */
export function toResult([row]: readonly Row[]): AssignmentResult | undefined {
  const essayId = row?.['essay_id'] ?? '';
  const outcome = row?.['outcome'];
  if (outcome === 'created') return { outcome, essayId, recovered: false };
  if (outcome === 'reused') return { outcome, essayId };
  if (outcome === 'no_slot') return { outcome };
  if (outcome === 'contended') return undefined;
  throw new Error(`the claim answered ${outcome ?? 'nothing'}`);
}

export function isUniqueViolation(error: unknown): boolean {
  return serverError(error)?.code === UNIQUE_VIOLATION;
}
