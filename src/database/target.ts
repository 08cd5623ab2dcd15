import { parseIntoClientConfig } from 'pg-connection-string';
import type { ClientConfig } from 'pg';
import { UsageError } from '../domain/errors.js';

/** Where a connection string came from: `--database-url`, the name of a variable, `PG*` or `embedded`. */
export type TargetSource = string;

/** Which PostgreSQL to work on. Passed to workers over their private channel, never by argument or environment. */
export interface DatabaseTarget {
  readonly source: TargetSource;
  /** Undefined for PG*: node-postgres reads these variables itself, in every process. Not enumerable: no log prints it. */
  readonly connectionString?: string | undefined;
}

/** The PG* variables that say which server is meant; PGPASSWORD and the like alone do not. */
const PG_TARGET_VARIABLES = ['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER'] as const;

/**
 * Finds the PostgreSQL that the user named: `--database-url`, then DATABASE_URL, then PG* variables.
 *
 * @param databaseUrl value of `--database-url`
 * @param urlVariable the name of the variable that is read instead of DATABASE_URL
 * @returns undefined when the user named none: the embedded server is meant
 * @throws UsageError when PGPORT is no port, or a URL is malformed; its text is never repeated, for it may hold a password
 */
export function findTarget(
  databaseUrl: string | undefined,
  env: NodeJS.ProcessEnv,
  urlVariable = 'DATABASE_URL',
): DatabaseTarget | undefined {
  if (databaseUrl !== undefined) return urlTarget('--database-url', databaseUrl);
  const url = env[urlVariable];
  if (url) return urlTarget(urlVariable, url);
  if (!PG_TARGET_VARIABLES.some((name) => env[name])) return undefined;
  if (env['PGPORT'] && !isPort(env['PGPORT'])) {
    throw new UsageError(
      'invalid_port',
      `PGPORT is ${JSON.stringify(env['PGPORT'])}; accepted is 1 to 65535`,
    );
  }
  return { source: 'PG*' };
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

/** A target whose connection string no log or JSON prints. */
export function withConnectionString(source: TargetSource, connectionString: string): DatabaseTarget {
  return Object.defineProperty({ source }, 'connectionString', {
    value: connectionString,
    enumerable: false,
  });
}

function urlTarget(source: TargetSource, url: string): DatabaseTarget {
  const complaint = complaintAbout(url);
  if (complaint !== undefined) {
    throw new UsageError(
      'invalid_database_url',
      `${source}: ${complaint}; accepted is postgres://user:password@host:port/database`,
    );
  }
  return withConnectionString(source, url);
}

function complaintAbout(url: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(url)) return 'the URL does not begin with postgres:// or postgresql://';
  try {
    const { port } = parseIntoClientConfig(url);
    if (port !== undefined && !isPort(String(port))) return 'the port is not between 1 and 65535';
  } catch (error) {
    return `the URL is malformed (${error instanceof Error ? error.message.split('\n')[0] : 'unreadable'})`;
  }
  return undefined;
}

/** A TCP address. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * node-postgres' configuration of a target.
 *
 * @param via where the server is to be reached instead of at its own address
 */
export function clientConfig(target: DatabaseTarget, via?: Endpoint): ClientConfig {
  const config = target.connectionString === undefined ? {} : parseIntoClientConfig(target.connectionString);
  return via === undefined ? config : { ...config, ...via };
}
