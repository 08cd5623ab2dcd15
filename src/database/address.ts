import type { ClientConfig } from 'pg';
import { UsageError } from '../domain/errors.js';
import { resolveParameters } from './connection/resolve.js';
import { isSocket, tlsOptions } from './connection/tls.js';
import { parseUrl, toUrl, UrlComplaint, type Parameters } from './connection/url.js';

/** Where a connection string came from: `--database-url`, the name of a variable, `PG*` or `embedded`. */
export type AddressSource = string;

/** Which PostgreSQL to work on. Passed to workers over their private channel, never by argument or environment. */
export interface ServerAddress {
  readonly source: AddressSource;
  /** All that a connection needs, as a URL. Not enumerable: no log prints it. */
  readonly connectionString: string;
}

/** The PG* variables that say which server is meant; PGPASSWORD and the like alone do not. */
const PG_TARGET_VARIABLES = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGSERVICE'] as const;

/**
 * Finds the PostgreSQL that the user named: `--database-url`, then DATABASE_URL, then PG* variables. What a URL leaves
 * open is completed as libpq does.
 *
 * @param databaseUrl value of `--database-url`
 * @param urlVariable the name of the variable that is read instead of DATABASE_URL
 * @returns undefined when the user named none: the embedded server is meant
 * @throws UsageError when a parameter is not accepted, a file is missing, or a URL is malformed; its text is never
 *   repeated, for it may hold a password
 */
export function findAddress(
  databaseUrl: string | undefined,
  env: NodeJS.ProcessEnv,
  urlVariable = 'DATABASE_URL',
): ServerAddress | undefined {
  if (databaseUrl !== undefined)
    return resolved(readUrl('--database-url', databaseUrl), '--database-url', env);
  const url = env[urlVariable];
  if (url) return resolved(readUrl(urlVariable, url), urlVariable, env);
  return PG_TARGET_VARIABLES.some((name) => env[name]) ? resolved({}, 'PG*', env) : undefined;
}

function resolved(given: Parameters, source: AddressSource, env: NodeJS.ProcessEnv): ServerAddress {
  return withConnectionString(source, toUrl(resolveParameters(given, source, env)));
}

/** An address whose connection string no log or JSON prints. */
export function withConnectionString(source: AddressSource, connectionString: string): ServerAddress {
  return Object.defineProperty({ source }, 'connectionString', {
    value: connectionString,
    enumerable: false,
  }) as ServerAddress;
}

function readUrl(source: AddressSource, url: string): Parameters {
  try {
    return parseUrl(url);
  } catch (error) {
    if (!(error instanceof UrlComplaint)) throw error;
    throw new UsageError(
      'invalid_database_url',
      `${source}: ${error.message}; accepted is postgres://user:password@host:port/database?parameter=value with libpq's parameters`,
    );
  }
}

/** What node-postgres asks where a server wants a password that there is none of; then it says so. */
const noPassword = () => undefined as unknown as string;

/**
 * What node-postgres would read from the environment for what is left out, with a value that says nothing. Not empty, or it
 * looks there all the same; only where the variable is set, for poolers refuse parameters that they do not know.
 */
function nothingFrom(env: NodeJS.ProcessEnv): object {
  return {
    client_encoding: 'utf8',
    ...(env['PGOPTIONS'] && { options: ' ' }),
    ...(env['PGREPLICATION'] && { replication: 'false' }),
  };
}

/** node-postgres' configuration of an address. */
export function clientConfig({ connectionString }: ServerAddress): ClientConfig {
  const parameters = parseUrl(connectionString);
  const { host = 'localhost', port = '5432', user, password, dbname, options, sslnegotiation } = parameters;
  const ssl = tlsOptions(parameters);
  return {
    ...nothingFrom(process.env),
    ...{ host, port: Number(port) },
    ...{ user, password: password ?? noPassword, database: dbname, ssl },
    ...(options !== undefined && { options }),
    // Stated: node-postgres would read PGSSLNEGOTIATION.
    sslnegotiation: ssl === false || sslnegotiation !== 'direct' ? 'postgres' : 'direct',
  };
}

const CONNECT_TIMEOUT_MS = 10_000;

/** How long a connection may take until it is made; 0: for ever. */
export function connectTimeoutMs({ connectionString }: ServerAddress): number {
  const { connect_timeout: seconds } = parseUrl(connectionString);
  return seconds === undefined ? CONNECT_TIMEOUT_MS : Number(seconds) * 1_000;
}

/** The address with another sslmode. */
export function withSslMode({ source, connectionString }: ServerAddress, sslmode: string): ServerAddress {
  return withConnectionString(source, toUrl({ ...parseUrl(connectionString), sslmode }));
}

/** The sslmode of an address, as it counts: on a socket of the file system there is no TLS. */
export function sslModeOf({ connectionString }: ServerAddress): string {
  const parameters = parseUrl(connectionString);
  return isSocket(parameters) ? 'disable' : (parameters.sslmode ?? 'disable');
}
