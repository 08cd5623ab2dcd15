import type { ClientBase } from 'pg';
import { serverError } from './failure.js';
import { loadStatement, type Statement } from './statement.js';

/** What the server did for statements. */
export interface ServerWork {
  /** Pages found in shared buffers. */
  readonly buffersHit: number;
  /** Pages changed that were not before. */
  readonly buffersDirtied: number;
  /** Wall-clock time, waits for locks included; neither parsing, planning nor the flush of a commit. */
  readonly executionMicros: number;
}

/** Sums over the statements of one role in one database, since a beginning that no reader knows. */
export interface StatementTotals extends ServerWork {
  /** How many statements were executed. */
  readonly calls: number;
  /** Two readings differ by work alone while this is the same: then no counter was thrown away between them. */
  readonly epoch: string;
}

const FIND = loadStatement('database/find-statement-statistics');
const CREATE = loadStatement('database/create-statement-statistics');

/**
 * Reading refused (42501: the role may not use the extension's schema), the library not loaded at the server's
 * start (55000), or PostgreSQL 13 and older (42883, 42703: no such function or column).
 */
const UNREADABLE = new Set(['42501', '55000', '42883', '42703']);

/** Creates pg_stat_statements where it is not yet there. For the tool's own server alone. */
export async function createStatementStatistics(client: ClientBase): Promise<void> {
  await client.query(CREATE.text);
}

/**
 * Looks for pg_stat_statements in this database.
 *
 * @returns the statement that reads it; undefined where the extension was not created
 */
export async function findStatementStatistics(client: ClientBase): Promise<Statement | undefined> {
  const { rows } = await client.query<{ statistics_schema: string }>(FIND.text);
  return rows[0] && loadStatement('database/statement-statistics', rows[0]);
}

/**
 * Reads pg_stat_statements. What a statement did is counted when its transaction has ended, at the latest.
 *
 * @param statement from `findStatementStatistics`
 * @returns undefined where it is not loaded, or not to be read by this role
 */
export async function readStatementTotals(
  client: ClientBase,
  statement: Statement,
): Promise<StatementTotals | undefined> {
  try {
    return (await client.query<StatementTotals>(statement.text)).rows[0];
  } catch (error) {
    if (UNREADABLE.has(serverError(error)?.code ?? '')) return undefined;
    throw error;
  }
}

/**
 * The work between two readings.
 *
 * @returns undefined where one of them is missing, counters were thrown away between them (more statements than
 *   pg_stat_statements.max, a reset, a crash), or no statement was counted (pg_stat_statements.track = none)
 */
export function workBetween(
  before: StatementTotals | undefined,
  after: StatementTotals | undefined,
): ServerWork | undefined {
  if (before === undefined || after === undefined) return undefined;
  if (before.epoch !== after.epoch || after.calls <= before.calls) return undefined;
  return {
    buffersHit: after.buffersHit - before.buffersHit,
    buffersDirtied: after.buffersDirtied - before.buffersDirtied,
    executionMicros: after.executionMicros - before.executionMicros,
  };
}
