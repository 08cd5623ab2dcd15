import { spawnSync } from 'node:child_process';
import { chown, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { leaseEmbeddedServer } from '#els/database/embedded/lease.js';
import {
  hold,
  isRoot,
  NOBODY,
  nobodyReachesCheckout,
  processesNaming,
  query,
  sharedHome,
  temporaryFolder,
} from './support.js';
import { IS_LONG } from '../../support/long.js';

const sharedFolder = sharedHome();

/** A folder that only user nobody can enter. */
async function nobodysFolder(): Promise<string> {
  const folder = join(await temporaryFolder(), 'home of nobody');
  await mkdir(folder, { mode: 0o700 });
  await chown(folder, NOBODY.uid, NOBODY.gid);
  return folder;
}

it('works in a long path with spaces', IS_LONG, async () => {
  const home = join(await temporaryFolder(), 'a folder '.repeat(10), 'another folder '.repeat(10));
  expect(home.length).toBeGreaterThan(200);
  const lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
  expect(await query(lease.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  await lease.release();
  expect(await processesNaming(home)).toEqual([]);
});

it.each(['/dev/null/els', '/proc/els/home'])(
  'refuses %s, which cannot be made, in one line',
  async (home) => {
    const lease = leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    await expect(lease).rejects.toMatchObject({
      name: 'UsageError',
      code: 'home_unreachable',
      message: expect.stringMatching(`^[^\\n]*${home}[^\\n]*ELS_ASSIGN_HOME[^\\n]*$`) as string,
    });
  },
);

describe.runIf(isRoot)('as root', () => {
  it('runs the server as another user', async () => {
    const home = sharedFolder();
    const lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    for (const { pid } of await processesNaming('bin/postgres -D ' + home))
      expect((await stat(`/proc/${pid}`)).uid).not.toBe(0);
    await lease.release();
  });

  it('runs the server as the owner of existing data', async () => {
    const home = sharedFolder();
    await (await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home })).release();
    spawnSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, join(home, '18', 'data')]);
    const lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    const [postmaster] = await processesNaming('bin/postgres -D ' + home);
    expect((await stat(`/proc/${postmaster!.pid}`)).uid).toBe(NOBODY.uid);
    await lease.release();
  });

  it('refuses a home that the server could not enter, names the folder and leaves nothing running', async () => {
    const locked = join(await temporaryFolder(), 'locked');
    await mkdir(locked, { mode: 0o700 });
    const { heard, finish } = await hold(join(locked, 'inside'));
    await finish();
    expect(heard).toMatchObject({ name: 'UsageError', code: 'home_unreachable' });
    expect(heard.message).toContain(`may not enter ${locked} `);
    expect(heard.message).not.toContain('\n');
    expect(await processesNaming(locked)).toEqual([]);
  });

  it('makes a home that the server can enter whatever the umask', IS_LONG, async () => {
    const home = join(await temporaryFolder(), 'new', 'home');
    const before = process.umask(0o077);
    try {
      await (await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home })).release();
    } finally {
      process.umask(before);
    }
  });

  it('refuses a folder that belongs to somebody else', async () => {
    const home = await temporaryFolder();
    await mkdir(join(home, '18'));
    await chown(join(home, '18'), NOBODY.uid, NOBODY.gid);
    await expect(leaseEmbeddedServer({ ELS_ASSIGN_HOME: home })).rejects.toMatchObject({
      code: 'home_unreachable',
    });
  });
});

describe.runIf(nobodyReachesCheckout())('as an ordinary user', () => {
  it('works below a home directory that nobody else can enter, in XDG_STATE_HOME', async () => {
    const state = await nobodysFolder();
    const holder = await hold(state, {
      user: NOBODY,
      environment: { XDG_STATE_HOME: state, HOME: '/nonexistent' },
    });
    expect(await query(holder.heard.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    for (const { pid } of await processesNaming(state))
      expect((await stat(`/proc/${pid}`)).uid).toBe(NOBODY.uid);
    await holder.finish();
    expect(await readdir(state)).toEqual(['els-assign']);
    expect(await processesNaming(state)).toEqual([]);
  });

  it('works in ~/.local/state without XDG_STATE_HOME', IS_LONG, async () => {
    const state = await nobodysFolder();
    const holder = await hold(state, { user: NOBODY, environment: { HOME: state } });
    await holder.finish();
    expect((await stat(join(state, '.local', 'state', 'els-assign', '18'))).mode & 0o777).toBe(0o700);
  });

  it('refuses a home of another user', async () => {
    const home = await temporaryFolder();
    const { heard, finish } = await hold(home, { user: NOBODY });
    await finish();
    expect(heard).toMatchObject({ name: 'UsageError', code: 'home_unreachable' });
    expect(heard.message).toContain(home);
  });

  it('runs the installed binaries in place when their library links are there', async () => {
    const home = sharedFolder();
    await (await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home })).release();
    const copy = (await readdir(join(home, '18'))).find((name) => name.startsWith('bin-'));
    const complete = join(home, '18', copy ?? '');
    const script = fileURLToPath(new URL('./choose-binaries.js', import.meta.url));
    const chosen = spawnSync(process.execPath, [script, complete, join(home, '18')], {
      ...NOBODY,
      encoding: 'utf8',
    });
    expect(chosen.stdout.trim()).toBe(complete);
  });
});
