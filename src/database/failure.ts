import { isTlsFailure } from './connection/tls.js';

/** What PostgreSQL says in an error message. */
export interface ServerError extends Error {
  /** SQLSTATE. */
  readonly code: string;
  readonly severity: string;
  readonly detail?: string | undefined;
  /** Where in the statement, in characters from 1. */
  readonly position?: string | undefined;
}

/** Five characters, so that some of the system's (EPIPE) have the same form. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * Tells an error that the server sent by its shape. Its class says nothing: a service that has another version of
 * node-postgres than this package, or two copies of one version, has as many classes of that name.
 * Source: PostgreSQL manual, 55.8 Error and Notice Message Fields: severity, code and message are always present; an
 * error of the system or of the driver has no severity.
 *
 * @returns undefined when it is no error of a server
 */
export function serverError(error: unknown): ServerError | undefined {
  if (!isErrorLike(error)) return undefined;
  const { code, severity } = error as Partial<ServerError>;
  const isSent = typeof code === 'string' && SQLSTATE.test(code) && typeof severity === 'string';
  return isSent ? (error as ServerError) : undefined;
}

/** The errors that an AggregateError holds, of whatever realm it is; undefined of any other error. */
export function heldErrors(error: unknown): readonly unknown[] | undefined {
  const { errors } = isErrorLike(error) ? (error as Partial<AggregateError>) : {};
  return Array.isArray(errors) ? (errors as unknown[]) : undefined;
}

/** An Error of any realm: a test runner that isolates its files by node:vm has classes of its own. */
function isErrorLike(error: unknown): error is Error {
  return (
    typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
  );
}

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
    '^Query read timeout',
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
  const sent = serverError(error);
  if (sent !== undefined) return serverFailure(sent.code);
  const held = heldErrors(error);
  if (held !== undefined) return held.map(databaseFailure).find((found) => found !== undefined);
  if (
    isErrorLike(error) &&
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
  return serverError(error)?.code === '42501';
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
