import { spawn } from 'node:child_process';
import { chown, copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { leaseEmbeddedServer } from '#els/database/embedded/lease.js';
import {
  hold,
  HOLD,
  postmastersOf,
  processesNaming,
  query,
  sharedHome,
  supervisorsOf,
  temporaryFolder,
  untilNoProcess,
  type Holder,
} from './support.js';

const sharedFolder = sharedHome();

/** A holder whose server has a table to lose. */
async function holderWithData(): Promise<{ home: string; holder: Holder }> {
  const home = sharedFolder();
  const holder = await hold(home);
  await query(holder.heard.connection, 'drop table if exists kept');
  await query(holder.heard.connection, 'create table kept as select 42 as answer');
  return { home, holder };
}

async function expectOneServerWithData(home: string): Promise<void> {
  const lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
  expect(await postmastersOf(home)).toHaveLength(1);
  expect(await supervisorsOf(home)).toHaveLength(1);
  expect(await query(lease.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await lease.release();
  expect(await processesNaming(home)).toEqual([]);
}

function kill(processes: readonly { pid: number }[], signal: NodeJS.Signals = 'SIGKILL'): void {
  for (const { pid } of processes) process.kill(pid, signal);
}

it('the server stops by itself when its only command is killed', async () => {
  const { home, holder } = await holderWithData();
  await holder.kill();
  await untilNoProcess(home);
  await expectOneServerWithData(home);
});

it('a command that is killed while initdb works leaves nothing running, and the next lease starts afresh', async () => {
  const home = await temporaryFolder();
  const child = spawn(process.execPath, [HOLD], { env: { ELS_ASSIGN_HOME: home }, stdio: 'ignore' });
  while ((await processesNaming(home)).every(({ command }) => !command.includes('bin/initdb')))
    await sleep(5);
  child.kill('SIGKILL');
  await untilNoProcess(home);
  await (await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home })).release();
  expect((await readdir(join(home, '18'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('a server that no command comes for stops by itself', async () => {
  const { home, holder } = await holderWithData();
  const [supervisor] = await supervisorsOf(home);
  await holder.finish();
  const script = supervisor!.command.split(' ')[1]!;
  spawn(process.execPath, [script, join(home, '18')], { stdio: 'ignore' });
  while ((await postmastersOf(home)).length === 0) await sleep(20);
  await untilNoProcess(home);
});

it('after SIGKILL of the supervisor the next lease has the only server, with all data', async () => {
  const { home, holder } = await holderWithData();
  kill(await supervisorsOf(home));
  await expectOneServerWithData(home);
  await holder.finish();
});

it('SIGKILL of supervisor and command at once ends the server too, and six leases at once recover', async () => {
  const { home, holder } = await holderWithData();
  kill(await supervisorsOf(home));
  await holder.kill();
  const holders = await Promise.all(Array.from({ length: 6 }, () => hold(home)));
  expect(new Set(holders.map(({ heard }) => heard.connection.port)).size).toBe(1);
  expect(await postmastersOf(home)).toHaveLength(1);
  await Promise.all(holders.map(({ finish }) => finish()));
  await expectOneServerWithData(home);
});

it('a server whose supervisor and guard were killed is ended by the next lease', async () => {
  const { home, holder } = await holderWithData();
  const [orphan] = await postmastersOf(home);
  const guards = (await processesNaming(`kill -INT "$0" ${orphan!.pid} `)).filter(({ command }) =>
    command.startsWith('/bin/sh'),
  );
  expect(guards).toHaveLength(1);
  kill([...guards, ...(await supervisorsOf(home))]);
  await holder.kill();
  expect(await postmastersOf(home)).toEqual([orphan]);
  await expectOneServerWithData(home);
});

it('release after SIGKILL of the supervisor waits until the server has ended', async () => {
  const home = sharedFolder();
  const lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
  kill(await supervisorsOf(home));
  await lease.release();
  expect(await processesNaming(home)).toEqual([]);
});

it('SIGTERM to the supervisor stops the server', async () => {
  const { home, holder } = await holderWithData();
  kill(await supervisorsOf(home), 'SIGTERM');
  while ((await postmastersOf(home)).length > 0) await sleep(10);
  await holder.finish();
  await expectOneServerWithData(home);
});

it('after SIGKILL of the server its supervisor ends, and the next lease recovers', async () => {
  const { home, holder } = await holderWithData();
  kill(await postmastersOf(home));
  while ((await supervisorsOf(home)).length > 0) await sleep(10);
  await expectOneServerWithData(home);
  await holder.finish();
  await untilNoProcess(home);
});

it("a lock file whose process id is another process's by now does not stop the next lease", async () => {
  const { home, holder } = await holderWithData();
  const data = join(home, '18', 'data');
  const lockFile = join(data, 'postmaster.pid');
  const kept = join(home, 'kept');
  await copyFile(lockFile, kept);
  await holder.finish();
  const owner = await stat(data);
  const other = spawn('sleep', ['60'], { uid: owner.uid, gid: owner.gid, stdio: 'ignore' });
  onTestFinished(() => void other.kill());
  await writeFile(lockFile, (await readFile(kept, 'utf8')).replace(/^.*/, String(other.pid)), {
    mode: 0o600,
  });
  await chown(lockFile, owner.uid, owner.gid);
  await expectOneServerWithData(home);
  expect(other.exitCode ?? other.signalCode).toBeNull();
});

it('a dead claim does not stop the next lease, not even when its process id is used again', async () => {
  const { home, holder } = await holderWithData();
  await holder.finish();
  const claim = { pid: process.pid, port: 1, token: 'dead' };
  await writeFile(join(home, '18', 'supervisor-99.json'), JSON.stringify(claim));
  await expectOneServerWithData(home);
});
