import { withoutServerVariables } from '../base/child-environment.js';
import { leaseEmbeddedServer, type EmbeddedConnection } from '../database/embedded/lease.js';
import { settleTls } from '../database/negotiate.js';
import { explainConnectFailure, type DatabasePool } from '../database/pool.js';
import { checkSchemaName } from '../database/schema.js';
import { findAddress, withConnectionString, type ServerAddress } from '../database/address.js';
import type { Pooling } from '../domain/run-result.js';
import { coordinatorPool } from '../database/coordinator-pool.js';
import { cutWhenFrozen } from './frozen-server.js';
import { runRestartCommand } from './restart-command.js';

/** How the user named the database. */
export interface DatabaseOptions {
  readonly databaseUrl?: string | undefined;
  /** The variable that holds the URL, where it is not DATABASE_URL. */
  readonly databaseUrlVariable?: string | undefined;
  readonly schema: string;
  readonly env: NodeJS.ProcessEnv;
  /** A shell command that shuts the server down immediately and starts it again. */
  readonly restartCommand?: string | undefined;
}

/**
 * An environment that names no database. Foreign code must not come to one by accident: for targets with a schema of their
 * own only what the user gives by name is taken.
 *
 * @param variable that may hold the URL all the same, because the user names it
 */
export function withoutDatabase(env: NodeJS.ProcessEnv, variable?: string): NodeJS.ProcessEnv {
  const left = withoutServerVariables(env);
  if (variable === undefined) delete left['DATABASE_URL'];
  return left;
}

/** A database to work on, with a few connections of the coordinator's own. */
export interface Database {
  readonly address: ServerAddress;
  readonly embedded: boolean;
  readonly schema: string;
  /** Each transaction carries its settings, so that it may be behind any pooler: see `inTransaction`. */
  readonly pool: DatabasePool;
  /** What stands between the tool and the server, as far as it was asked. */
  readonly pooling: Pooling;
  /** Whether the workers' sessions keep settings and prepared statements. */
  readonly prepare: boolean;
  /** What mends the tool's schema in a database that `els-assign setup` does not reach. */
  readonly remedy?: string | undefined;
  /** Shuts the server down immediately and starts it again; where it is ours, or the user said how. */
  readonly restartServer?: (() => Promise<void>) | undefined;
}

/**
 * Opens the database that the user named, or the embedded server, for as long as the work lasts.
 *
 * @throws UsageError for a malformed URL or schema name, before anything is started
 * @throws InfrastructureError when the server cannot be started or reached
 */
export async function withDatabase<T>(
  options: DatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  checkSchemaName(options.schema);
  const { schema, restartCommand } = options;
  const env = { ...options.env };
  const byCommand = restartCommand === undefined ? undefined : () => runRestartCommand(restartCommand, env);
  const plain = { schema, pooling: 'none', prepare: true } as const;
  const named = findAddress(options.databaseUrl, env, options.databaseUrlVariable);
  if (named) {
    const address = await settleTls(named);
    return withPool({ ...plain, address, embedded: false, restartServer: byCommand }, work);
  }
  const lease = await leaseEmbeddedServer(env);
  try {
    const address = withConnectionString('embedded', connectionString(lease.connection));
    const restartServer = byCommand ?? (() => lease.restart());
    return await withPool({ ...plain, address, embedded: true, restartServer }, work);
  } finally {
    await lease.release();
  }
}

async function withPool<T>(
  database: Omit<Database, 'pool'>,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { address, schema } = database;
  const pool = coordinatorPool(address, schema, 'els-assign');
  const endWatch = cutWhenFrozen(pool, address);
  try {
    return await work({ ...database, pool });
  } catch (error) {
    throw explainConnectFailure(address, error);
  } finally {
    endWatch();
    await pool.end();
  }
}

function connectionString({ host, port, user, password, database }: EmbeddedConnection): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?sslmode=disable`;
}
