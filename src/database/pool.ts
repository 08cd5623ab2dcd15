import pg from 'pg';
import { InfrastructureError } from '../domain/errors.js';
import { databaseFailure } from './failure.js';
import { TIMEOUTS } from './timeouts.js';
import { isTlsFailure } from './connection/tls.js';
import { clientConfig, connectTimeoutMs, sslModeOf, type DatabaseTarget, type Endpoint } from './target.js';

export interface PoolSettings {
  /** Most connections at once; they are kept until the pool ends. */
  readonly connections: number;
  /** By which a run's backends are found on the server; at most 63 bytes. */
  readonly applicationName: string;
  /** Where the server is to be reached instead of at its own address. */
  readonly via?: Endpoint | undefined;
  /** Awaited on each new connection before it is used. */
  readonly onConnect?: ((client: pg.ClientBase) => Promise<void>) | undefined;
}

export type DatabasePool = pg.Pool;

/**
 * Makes a pool of connections to a target. It connects when first used.
 *
 * @param target where to
 */
export function createPool(target: DatabaseTarget, settings: PoolSettings): DatabasePool {
  const options = {
    ...clientConfig(target, settings.via),
    application_name: settings.applicationName,
    max: settings.connections,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: connectTimeoutMs(target),
    keepAlive: true,
    ...(settings.onConnect && { onConnect: settings.onConnect }),
  };
  const pool = new pg.Pool(options);
  // An idle connection that broke has left the pool already; if the server is gone, the next checkout says so.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Says a failed connection in one line that names the server and never the password.
 *
 * @returns the error to throw: InfrastructureError for a database failure, else the error itself
 */
export function explainConnectFailure(target: DatabaseTarget, error: unknown): unknown {
  const failure = databaseFailure(error);
  if (failure === undefined || !(error instanceof Error)) return error;
  const { host = '', port, user = '', database = '' } = clientConfig(target);
  const address = host.includes(':') ? `[${host}]` : host;
  const where = `${user}@${address}:${port}/${database} (from ${target.source})`;
  return new InfrastructureError(
    'database_unavailable',
    `cannot use PostgreSQL at ${where}: ${failureReason(target, error)}`,
    {
      cause: error,
    },
  );
}

/** What a database failure says, and the setting that caused it where it is a timeout. */
export function failureReason(target: DatabaseTarget, error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((inner: Error) => inner.message).join('; ');
  if (isTlsFailure(error) || / SSL /.test(error.message))
    return `${error.message} (sslmode=${sslModeOf(target)})`;
  const timeout = error instanceof pg.DatabaseError && TIMEOUTS[error.code ?? ''];
  return timeout ? `${error.message} (${error.code}, ${timeout})` : error.message;
}
