import pg from 'pg';
import { isTlsFailure } from './connection/tls.js';

/** What kind of failure an error of node-postgres is, and what may be done about it. */
export type DatabaseFailure =
  /** The connection is gone or could not be made; a statement under way may have happened. */
  | { readonly kind: 'connection'; readonly sqlState: string | undefined }
  /** Lost a race with another transaction (23505, 40001, 40P01): right again in a new statement. */
  | { readonly kind: 'race'; readonly sqlState: string }
  /** lock_timeout passed while a rival held what the statement needs (55P03). */
  | { readonly kind: 'lock_timeout'; readonly sqlState: string }
  /** statement_timeout passed, or somebody cancelled the statement (57014): it did nothing. */
  | { readonly kind: 'cancelled'; readonly sqlState: string }
  /** The server refused the statement for another reason. */
  | { readonly kind: 'statement'; readonly sqlState: string };

/** Source: PostgreSQL manual, Appendix A, Error Codes. */
const RACES = new Set(['23505', '40001', '40P01']);
/**
 * The whole class 08, the shutdowns and session ends of 57P0x, too_many_connections, and the timeouts that end sessions:
 * idle_in_transaction_session_timeout, and transaction_timeout (PostgreSQL 17).
 */
const LOST = /^(08...|57P0[12345]|53300|25P0[34])$/;
const LOCK_TIMEOUT = '55P03';
const CANCELLED = '57014';

/** How node-postgres and pg-pool word a connection that was lost or could not be made; these errors carry no code. */
const LOST_IN_CLIENT = new RegExp(
  [
    '^Connection terminated',
    '^timeout exceeded when trying to connect',
    '^Client (has encountered|was closed)',
    '^SASL: ',
    '^The server does not support SSL',
    '^There was an error establishing an SSL connection',
  ].join('|'),
);

/**
 * Says what kind of database failure an error is.
 *
 * @param error several together where a name has several addresses, or TLS was tried and then not
 * @returns undefined when it is no database failure at all (a defect of the program)
 */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (error instanceof pg.DatabaseError && error.code !== undefined) return serverFailure(error.code);
  if (error instanceof AggregateError)
    return error.errors.map(databaseFailure).find((found) => found !== undefined);
  if (
    error instanceof Error &&
    (isSystemError(error) || isTlsFailure(error) || LOST_IN_CLIENT.test(error.message))
  ) {
    return { kind: 'connection', sqlState: undefined };
  }
  return undefined;
}

/** Resources (class 53, a full disk among them), system errors (class 58), and a server that may not write (25006). */
const UNABLE = /^(53...|58...|25006)$/;

/** Whether a server refused a statement for its own state: the statement did nothing, and may do it later. */
export function isUnable({ kind, sqlState = '' }: DatabaseFailure): boolean {
  return kind === 'statement' && UNABLE.test(sqlState);
}

/** Whether the server refused a statement because the role lacks a privilege (42501). */
export function isForbidden(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '42501';
}

function serverFailure(sqlState: string): DatabaseFailure {
  if (RACES.has(sqlState)) return { kind: 'race', sqlState };
  if (sqlState === LOCK_TIMEOUT) return { kind: 'lock_timeout', sqlState };
  if (sqlState === CANCELLED) return { kind: 'cancelled', sqlState };
  if (LOST.test(sqlState)) return { kind: 'connection', sqlState };
  return { kind: 'statement', sqlState };
}

function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'code' in error;
}
