import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { InfrastructureError } from '../domain/errors.js';
import { bindValues, loadStatement } from './statement.js';

const BACKENDS = loadStatement('database/backends-of-run');
const ROLE_AT_WORK = loadStatement('database/role-at-work');
const TERMINATE = loadStatement('database/terminate-backends-of-run');

const POLL_MS = 20;

/** By what the backends of a run are known. */
export interface RunBackends {
  /** Of the run's workers; what follows it says which. */
  readonly applicationName: string;
  /** Whether a pooler keeps backends, idle and under the name of their last client, when their clients have left. */
  readonly pooled: boolean;
}

/**
 * Waits until no backend of a run is left, or at work for it where a pooler keeps them, so that nothing changes its
 * rows any more; after the deadline ends those that are.
 *
 * @param mayEnd awaited before any is ended; throws where none is to be
 * @returns how many backends had to be ended
 * @throws InfrastructureError `backends_left` when they do not end
 */
export async function awaitQuiescence(
  client: ClientBase,
  { applicationName, pooled }: RunBackends,
  deadlineMs: number,
  mayEnd?: () => Promise<void>,
): Promise<number> {
  const values = bindValues<unknown>(BACKENDS, { application_name: applicationName, pooled });
  const countLeft = async () => (await client.query(BACKENDS.text, values)).rows.length;
  if (await waitUntilNone(countLeft, deadlineMs)) return 0;
  await mayEnd?.();
  return endBackends(client, { applicationName, pooled }, deadlineMs);
}

/**
 * Ends backends in whatever they do, which the server rolls back, and waits until they are gone.
 *
 * @returns how many were told to end
 * @throws InfrastructureError `backends_left` when some are not gone by the deadline
 */
export async function endBackends(
  client: ClientBase,
  { applicationName, pooled }: RunBackends,
  deadlineMs: number,
): Promise<number> {
  const values = bindValues<unknown>(BACKENDS, { application_name: applicationName, pooled });
  const { rows } = await client.query(TERMINATE.text, values);
  const countLeft = async () => (await client.query(BACKENDS.text, values)).rows.length;
  if (await waitUntilNone(countLeft, deadlineMs)) return rows.length;
  const message = `backends of ${applicationName} are still connected after pg_terminate_backend`;
  throw new InfrastructureError('backends_left', message);
}

/**
 * Waits until nobody else who connects as this role is at work in this database: code that gives its connections a name
 * of its own is not known by it.
 *
 * @returns how many sessions are at work at the deadline
 */
export async function awaitRoleIdle(client: ClientBase, deadlineMs: number): Promise<number> {
  let left = 0;
  const countLeft = async () => {
    const { rows } = await client.query<{ sessions: number }>(ROLE_AT_WORK.text);
    return (left = rows[0]?.sessions ?? 0);
  };
  await waitUntilNone(countLeft, deadlineMs);
  return left;
}

async function waitUntilNone(countLeft: () => Promise<number>, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while ((await countLeft()) > 0) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}
