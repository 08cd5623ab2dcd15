import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../base/system-error.js';
import { failed } from './failures.js';
import type { Layout } from './home.js';
import { isRunning, signalProcess, waitUntilGone } from './processes.js';

/** A fast shutdown writes a checkpoint first, which takes a while after heavy load on a slow disk. */
export const FAST_SHUTDOWN_MS = 30_000;
/** An immediate shutdown only ends processes. */
export const IMMEDIATE_SHUTDOWN_MS = 10_000;

const STATUS_LINE = 7;

/** What the server itself says in `postmaster.pid`, its lock on the data. */
export interface PostmasterFile {
  readonly pid: number;
  readonly acceptsConnections: boolean;
}

/** Reads `postmaster.pid`; undefined when there is none. */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | undefined> {
  try {
    const lines = (await readFile(lockFile(data), 'utf8')).split('\n');
    return { pid: Number(lines[0]), acceptsConnections: lines[STATUS_LINE]?.trim() === 'ready' };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** What the command line of a server on `data` contains, and no other process's does. */
export function postmasterWords(data: string): string {
  return `-D ${data}`;
}

/**
 * Makes the data free for a new server: ends a server whose supervisor was killed, and disarms a lock file whose
 * process id belongs to another process by now. Only the holder of the folder's claim may call this.
 */
export async function freeData(layout: Layout): Promise<void> {
  const found = await readPostmasterFile(layout.data);
  if (!found) return;
  if (await isRunning(found.pid, postmasterWords(layout.data))) await endOrphan(found.pid, layout);
  else await disarmLockFile(layout);
}

async function endOrphan(pid: number, layout: Layout): Promise<void> {
  const words = postmasterWords(layout.data);
  signalProcess(pid, 'SIGINT');
  if (await waitUntilGone(pid, words, FAST_SHUTDOWN_MS)) return;
  signalProcess(pid, 'SIGQUIT');
  if (await waitUntilGone(pid, words, IMMEDIATE_SHUTDOWN_MS)) return;
  throw failed(`could not start: an earlier one (process ${pid}) does not end`, layout.log);
}

/**
 * PostgreSQL refuses to start while the id in its lock file is that of any live process, except its own parent. So
 * this process, its parent to be, takes the place of the id. Deleting the file would be easier, but PostgreSQL finds
 * in it the shared memory by which it knows whether processes of a killed server are still at the data.
 */
async function disarmLockFile(layout: Layout): Promise<void> {
  const path = lockFile(layout.data);
  const text = await readFile(path, 'utf8');
  const { uid, gid } = await stat(layout.data);
  const draft = join(layout.folder, `postmaster.${process.pid}.tmp`);
  await writeFile(draft, text.replace(/^.*/, String(process.pid)), { mode: 0o600 });
  await chown(draft, uid, gid);
  await rename(draft, path);
}

function lockFile(data: string): string {
  return join(data, 'postmaster.pid');
}
