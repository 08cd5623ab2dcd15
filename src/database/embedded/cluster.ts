import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, messageOf } from './failures.js';
import type { Layout } from './home.js';
import { runProgram } from './programs.js';
import type { ServerUser } from './server-user.js';

/** The only role of the server, its superuser. */
export const ROLE = 'els_assign';

/** The database that initdb makes, and the tool uses. */
export const DATABASE = 'postgres';

const PASSWORD_BYTES = 32;

/**
 * Makes the password and the data folder where there are no data yet. Only the holder of the folder's claim may
 * call this. Raises InfrastructureError when initdb fails or data have no password; ends early when `signal` is aborted.
 */
export async function ensureCluster(
  layout: Layout,
  binaries: string,
  user: ServerUser,
  signal: AbortSignal,
): Promise<void> {
  if (await stat(layout.data).catch(() => undefined)) return void (await readPassword(layout));
  await makePassword(layout, user);
  const draft = join(layout.folder, `data.${process.pid}.tmp`);
  await mkdir(draft, { mode: 0o700 });
  await give(draft, user);
  await runProgram(join(binaries, 'bin', 'initdb'), initdbArguments(layout, draft), layout.log, user, signal);
  // A crash leaves all of the data or none: initdb has brought everything to the disk before it ended.
  await rename(draft, layout.data);
}

/** Returns the password of the role. It is in no argument, message or environment, only in this file. */
export async function readPassword(layout: Layout): Promise<string> {
  try {
    return await readFile(layout.passwordFile, 'utf8');
  } catch (error) {
    throw failed(`has lost its password file (${messageOf(error)})`, layout.log, error);
  }
}

async function makePassword(layout: Layout, user: ServerUser): Promise<void> {
  const draft = `${layout.passwordFile}.${process.pid}.tmp`;
  const file = await open(draft, 'wx', 0o600);
  await file.writeFile(randomBytes(PASSWORD_BYTES).toString('hex'));
  await file.sync();
  await file.close();
  await give(draft, user);
  await rename(draft, layout.passwordFile);
}

async function give(path: string, { uid, gid }: ServerUser): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

function initdbArguments(layout: Layout, folder: string): string[] {
  return [
    '--no-locale',
    '--encoding=UTF8',
    '--auth=scram-sha-256',
    `--username=${ROLE}`,
    `--pwfile=${layout.passwordFile}`,
    // Iterations make guessing slow. Nobody guesses 256 random bits, so here they would only slow each connect.
    '--set=scram_iterations=1',
    `--pgdata=${folder}`,
  ];
}
