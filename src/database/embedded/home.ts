import { access, chmod, constants, mkdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { codeOf } from '../../base/system-error.js';
import { isTyped, messageOf, unreachable } from './failures.js';

/** Where one PostgreSQL major of one home keeps its things. All paths are absolute and free of symlinks. */
export interface Layout {
  /** The folder that holds all the others; also what identifies a supervisor on its command line. */
  readonly folder: string;
  readonly data: string;
  readonly passwordFile: string;
  readonly log: string;
}

/** Names the places inside `folder`; touches nothing. */
export function layoutOf(folder: string): Layout {
  return {
    folder,
    data: join(folder, 'data'),
    passwordFile: join(folder, 'password'),
    log: join(folder, 'server.log'),
  };
}

/**
 * Makes the folder of PostgreSQL `major` in the home that `environment` names.
 * Raises UsageError `home_unreachable` when it cannot be made or written.
 */
export async function prepareHome(environment: NodeJS.ProcessEnv, major: string): Promise<Layout> {
  const wanted = join(homeOf(environment), major);
  try {
    await makeFolder(wanted);
    const folder = await realpath(wanted);
    await access(folder, constants.W_OK | constants.X_OK);
    await refuseForeignFolder(folder);
    return layoutOf(folder);
  } catch (error) {
    if (isTyped(error)) throw error;
    throw unreachable(`the embedded server cannot use the folder ${wanted} (${messageOf(error)})`, error);
  }
}

function homeOf(environment: NodeJS.ProcessEnv): string {
  if (environment.ELS_ASSIGN_HOME) return resolve(environment.ELS_ASSIGN_HOME);
  if (isRoot()) return '/var/lib/els-assign';
  const state = environment.XDG_STATE_HOME;
  if (state && isAbsolute(state)) return join(state, 'els-assign');
  return join(environment.HOME || userHome(), '.local', 'state', 'els-assign');
}

function userHome(): string {
  try {
    return homedir();
  } catch (error) {
    throw unreachable('this user has no home directory for the data of the embedded server', error);
  }
}

/**
 * Makes a folder and those above it, one by one: Node's own recursion never ends below /proc. As root the server runs as
 * another user, who must get through; chmod because the umask narrows mkdir's mode.
 */
async function makeFolder(path: string): Promise<void> {
  if (await exists(path)) return;
  await makeFolder(dirname(path));
  const mode = isRoot() ? 0o755 : 0o700;
  try {
    await mkdir(path, mode);
  } catch (error) {
    // Another command was faster.
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  await chmod(path, mode);
}

/** Root writes and signals on the word of the files in this folder, so nobody else may own it. */
async function refuseForeignFolder(folder: string): Promise<void> {
  const { uid } = await stat(folder);
  if (isRoot() && uid !== 0)
    throw unreachable(`the folder ${folder} belongs to user ${uid}, and root does not use it`);
}

/** Whether something is there and can be seen. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Whether this process is the user that PostgreSQL refuses to run as. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}
