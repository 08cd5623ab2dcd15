import pg from 'pg';
import Pool from 'pg-pool';
import { InfrastructureError } from '../domain/errors.js';
import { databaseFailure, heldErrors, serverError } from './failure.js';
import { TIMEOUTS } from './timeouts.js';
import { isTlsFailure } from './connection/tls.js';
import { clientConfig, connectTimeoutMs, sslModeOf, type ServerAddress } from './address.js';

export interface PoolSettings {
  /** Most connections at once; they are kept until the pool ends. */
  readonly connections: number;
  /** By which a run's backends are found on the server; at most 63 bytes. */
  readonly applicationName: string;
  /** How long a connection may take until it is made; default: as the address says. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long any answer may take, after which the connection counts as lost; default: for ever. */
  readonly queryTimeoutMs?: number | undefined;
  /** Awaited on each new connection before it is used. */
  readonly onConnect?: ((client: pg.ClientBase) => Promise<void>) | undefined;
}

export type DatabasePool = pg.Pool;

/**
 * Makes a pool of connections to an address. It connects when first used.
 *
 * @param address where to
 */
export function createPool(address: ServerAddress, settings: PoolSettings): DatabasePool {
  const options = {
    ...clientConfig(address),
    application_name: settings.applicationName,
    max: settings.connections,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: settings.connectTimeoutMs ?? connectTimeoutMs(address),
    ...(settings.queryTimeoutMs !== undefined && { query_timeout: settings.queryTimeoutMs }),
    keepAlive: true,
    ...(settings.onConnect && { onConnect: settings.onConnect }),
  };
  const pool = new Pool(options, pg.Client);
  // An idle connection that broke has left the pool already; if the server is gone, the next checkout says so.
  pool.on('error', () => undefined);
  pool.on('remove', () => ended.set(pool, endedConnections(pool) + 1));
  return pool;
}

const ended = new WeakMap<DatabasePool, number>();

/** How many connections of a pool have ended so far. */
export function endedConnections(pool: DatabasePool): number {
  return ended.get(pool) ?? 0;
}

/**
 * What is wrong with a statement of the tool, or with the tables that it reads: class 42 without a missing privilege and
 * an unknown setting, wrong data of class 22 without a setting's wrong value, and class 21.
 * Source: PostgreSQL manual, Appendix A, Error Codes.
 */
const STATEMENT_IS_WRONG = /^(42(?!501|704)|22(?!023)|21)/;

/**
 * Says a failed connection in one line that names the server and never the password.
 *
 * @returns the error to throw: InfrastructureError for a database failure, `statement_refused` where the server can be
 *   used and refused what the tool asked of it; else the error itself
 */
export function explainConnectFailure(address: ServerAddress, error: unknown): unknown {
  const failure = databaseFailure(error);
  if (failure === undefined || !(error instanceof Error)) return error;
  if (STATEMENT_IS_WRONG.test(failure.sqlState ?? ''))
    return refusedStatement(address, error, failure.sqlState);
  return unavailable(address, failureReason(address, error), { cause: error });
}

/**
 * A server that cannot be used, in one line that names it and never the password.
 *
 * @param reason follows in the line
 */
export function unavailable(
  address: ServerAddress,
  reason: string,
  options?: ErrorOptions,
): InfrastructureError {
  const { host = '', port, user = '', database = '' } = clientConfig(address);
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const where = `${user}@${bracketed}:${port}/${database} (from ${address.source})`;
  return new InfrastructureError(
    'database_unavailable',
    `cannot use PostgreSQL at ${where}: ${reason}`,
    options,
  );
}

function refusedStatement(address: ServerAddress, error: Error, sqlState = ''): InfrastructureError {
  const message = `PostgreSQL (from ${address.source}) refused a statement of the tool: ${error.message} (${sqlState})`;
  return new InfrastructureError('statement_refused', message, { cause: error });
}

/**
 * The failure of the surroundings that an error is.
 *
 * @throws the error itself where it is none, but a defect of the program
 */
export function surroundingsFailure(address: ServerAddress, error: unknown): InfrastructureError {
  const failure = explainConnectFailure(address, error);
  if (failure instanceof InfrastructureError) return failure;
  throw error;
}

/** What a database failure says, and the setting that caused it where it is a timeout. */
export function failureReason(address: ServerAddress, error: Error): string {
  const held = heldErrors(error) as readonly Error[] | undefined;
  if (held !== undefined) return held.map(({ message }) => message).join('; ');
  if (isTlsFailure(error) || / SSL /.test(error.message))
    return `${error.message} (sslmode=${sslModeOf(address)})`;
  const { code = '' } = serverError(error) ?? {};
  const timeout = TIMEOUTS[code];
  return timeout ? `${error.message} (${code}, ${timeout})` : error.message;
}
