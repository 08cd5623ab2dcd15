import { cpus } from 'node:os';
import type { ClientBase } from 'pg';
import type { Environment } from '../domain/run-result.js';
import { databaseFailure, isForbidden } from './failure.js';
import { loadStatement } from './statement.js';

const ENVIRONMENT = loadStatement('database/environment');
const WAL_POSITION = loadStatement('database/wal-position');
const CHECKPOINT = loadStatement('database/checkpoint');

/** How the tool reaches the server. */
type Access = Pick<Environment, 'embedded' | 'pooling' | 'preparedStatements'>;

type ServerSettings = Omit<Environment, 'nodeVersion' | 'cpus' | keyof Access>;

/** The settings of the server that decide what a figure means. */
export async function readServerSettings(client: ClientBase): Promise<ServerSettings> {
  const { rows } = await client.query<ServerSettings>(ENVIRONMENT.text);
  const settings = rows[0];
  if (settings === undefined) throw new Error('the server returned no settings');
  return settings;
}

/** The settings of the server and the machine that a result must be read with. */
export async function readEnvironment(client: ClientBase, access: Access): Promise<Environment> {
  const settings = await readServerSettings(client);
  return { ...settings, ...access, nodeVersion: process.versions.node, cpus: cpus().length };
}

/** Bytes of WAL that the whole server has written. */
export async function walPositionBytes(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(WAL_POSITION.text);
  return Number(rows[0]?.bytes);
}

/**
 * Runs a CHECKPOINT, so that each run starts from the same point of the checkpoint cycle. A role that may not (PostgreSQL
 * 15 and later: pg_checkpoint; before: superuser) does without.
 *
 * @returns why the server did not do it, where it was asked to and failed
 * @throws what says that the connection is lost
 */
export async function checkpoint(client: ClientBase): Promise<Error | undefined> {
  try {
    await client.query(CHECKPOINT.text);
    return undefined;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    const kind = databaseFailure(error)?.kind;
    if (kind === undefined || kind === 'connection' || !(error instanceof Error)) throw error;
    return error;
  }
}
