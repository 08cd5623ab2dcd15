import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unavailable, unreachable } from './failures.js';
import { isRoot, type Layout } from './home.js';

/** Whom initdb and postgres run as, in the words of `spawn`. Empty: whoever runs this process. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * As an ordinary user: that user. As root, whom PostgreSQL refuses: the owner of existing data, else `postgres`,
 * else `nobody`. Raises UsageError `home_unreachable` when that user cannot get to the folder.
 */
export async function chooseServerUser(layout: Layout): Promise<ServerUser> {
  if (!isRoot()) return {};
  const user =
    (await ownerOf(layout.data)) ?? (await userInPasswd('postgres')) ?? (await userInPasswd('nobody'));
  if (!user)
    throw unavailable('cannot run as root, and there is no user "postgres" or "nobody" to run it as');
  refuseBlockedPath(layout.folder, user);
  return user;
}

async function ownerOf(path: string): Promise<ServerUser | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && { uid: found.uid, gid: found.gid };
}

async function userInPasswd(name: string): Promise<ServerUser | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const line = passwd.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

function refuseBlockedPath(folder: string, user: ServerUser): void {
  const blocked = pathTo(folder).find((part) => !canEnter(part, user));
  if (blocked === undefined) return;
  throw unreachable(
    `the embedded server does not run as root but as user id ${user.uid}, who may not enter ${blocked} ` +
      '(every folder on the way to its data must be open to all, as /var/lib is)',
  );
}

/** `/a/b` → `/`, `/a`, `/a/b`. */
function pathTo(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [...pathTo(parent), folder];
}

/** Asks the system itself, because mode bits do not tell about access control lists. */
function canEnter(folder: string, user: ServerUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$0"', folder], { ...user, cwd: '/' }).status === 0;
}
