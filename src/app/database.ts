import type { ClientBase } from 'pg';
import { leaseEmbeddedServer, type EmbeddedConnection } from '../database/embedded/lease.js';
import { settleTls } from '../database/negotiate.js';
import { createPool, explainConnectFailure, type DatabasePool } from '../database/pool.js';
import { checkSchemaName } from '../database/schema.js';
import { openSession, reasonOfLoss } from '../database/session.js';
import { findTarget, withConnectionString, type DatabaseTarget } from '../database/target.js';
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

/** A database to work on, with a few connections of the coordinator's own. */
export interface Database {
  readonly target: DatabaseTarget;
  readonly embedded: boolean;
  readonly schema: string;
  readonly pool: DatabasePool;
  /** Shuts the server down immediately and starts it again; where it is ours, or the user said how. */
  readonly restartServer?: (() => Promise<void>) | undefined;
}

/** One for work, one for watching. */
export const COORDINATOR_CONNECTIONS = 2;
/** The coordinator waits for nobody's lock longer than this. */
const COORDINATOR_LOCK_TIMEOUT_MS = 5_000;

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
  const byCommand = restartCommand === undefined ? undefined : () => runRestartCommand(restartCommand);
  const named = findTarget(options.databaseUrl, options.env, options.databaseUrlVariable);
  if (named) {
    const target = await settleTls(named);
    return withPool({ target, embedded: false, schema, restartServer: byCommand }, work);
  }
  const lease = await leaseEmbeddedServer(options.env);
  try {
    const target = withConnectionString('embedded', connectionString(lease.connection));
    const restartServer = byCommand ?? (() => lease.restart());
    return await withPool({ target, embedded: true, schema, restartServer }, work);
  } finally {
    await lease.release();
  }
}

async function withPool<T>(
  database: Omit<Database, 'pool'>,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { target, schema } = database;
  const pool = createPool(target, {
    connections: COORDINATOR_CONNECTIONS,
    applicationName: 'els-assign',
    onConnect: (client) => openSession(client, { schema, lockTimeoutMs: COORDINATOR_LOCK_TIMEOUT_MS }, []),
  });
  try {
    return await work({ ...database, pool });
  } catch (error) {
    throw explainConnectFailure(target, error);
  } finally {
    await pool.end();
  }
}

/** Complete: PG* variables, meant for another server, do not apply. */
function connectionString({ host, port, user, password, database }: EmbeddedConnection): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?sslmode=disable`;
}

/** Runs work on one of the coordinator's connections. */
export async function withClient<T>(
  pool: DatabasePool,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } catch (error) {
    throw reasonOfLoss(client, error);
  } finally {
    client.release();
  }
}

/** Runs work in one transaction: all of it or nothing. */
export function inTransaction<T>(pool: DatabasePool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    await client.query('begin');
    try {
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  });
}
