import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leaseEmbeddedServer, type EmbeddedConnection } from '#els/database/embedded/lease.js';
import {
  hold,
  postmastersOf,
  processesNaming,
  query,
  sharedHome,
  supervisorsOf,
  temporaryFolder,
  untilNoProcess,
} from './support.js';
import { eachLongButFirst, IS_LONG } from '../../support/long.js';

const sharedFolder = sharedHome();

describe('one lease', () => {
  it('gives a server with honest durability, on loopback only, that keeps its data for the next lease', async () => {
    const home = sharedFolder();
    const first = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    await query(first.connection, 'create table kept as select 42 as answer');
    const settings = await query(
      first.connection,
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes',
        'autovacuum', 'listen_addresses', 'unix_socket_directories', 'max_connections') order by name`,
    );
    await first.release();
    expect(settings.map(({ name, setting }) => `${String(name)}=${String(setting)}`)).toEqual([
      'autovacuum=on',
      'fsync=on',
      'full_page_writes=on',
      'listen_addresses=127.0.0.1',
      'max_connections=300',
      'synchronous_commit=on',
      'unix_socket_directories=',
    ]);

    const second = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.release();
    await second.release();
  });

  it(
    'has pg_stat_statements in its database, also with data that were made without it, and after a restart',
    IS_LONG,
    async () => {
      const created = (connection: EmbeddedConnection) =>
        query(connection, `select count(*)::int from pg_extension where extname = 'pg_stat_statements'`);
      const counts = (connection: EmbeddedConnection) =>
        query(connection, 'select count(*) > 0 as counts from public.pg_stat_statements');
      const first = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: sharedFolder() });
      expect(await counts(first.connection)).toEqual([{ counts: true }]);
      await query(first.connection, 'drop extension pg_stat_statements');
      expect(await created(first.connection)).toEqual([{ count: 0 }]);
      await first.release();

      const second = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: sharedFolder() });
      expect(await counts(second.connection)).toEqual([{ counts: true }]);
      await second.restart();
      expect(await created(second.connection)).toEqual([{ count: 1 }]);
      expect(await counts(second.connection)).toEqual([{ counts: true }]);
      await second.release();
    },
  );

  it('lets nobody in without the password, which is in a private file and on no command line', async () => {
    const home = sharedFolder();
    const { connection, release } = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    expect(connection.password).toMatch(/^[0-9a-f]{64}$/);
    expect(await processesNaming(connection.password)).toEqual([]);
    const environments = await Promise.all(
      (await processesNaming(home)).map(({ pid }) =>
        readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
      ),
    );
    expect(environments.join()).not.toContain(connection.password);
    const file = join(home, '18', 'password');
    expect(await readFile(file, 'utf8')).toBe(connection.password);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(join(home, '18', 'server.log'), 'utf8')).not.toContain(connection.password);

    await expect(query({ ...connection, password: 'wrong' }, 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
    const [stored] = await query(
      connection,
      'select rolpassword from pg_authid where rolpassword is not null',
    );
    expect(String(stored?.rolpassword)).toMatch(/^SCRAM-SHA-256\$1:/);
    await release();
  });

  it('leaves no process and no temporary file after its release', async () => {
    const home = sharedFolder();
    const { release } = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    expect(await processesNaming(home)).not.toEqual([]);
    await release();
    expect(await processesNaming(home)).toEqual([]);
    const left = await readdir(join(home, '18'));
    expect(
      left.filter((name) => !/^(bin-.*|data|password|server\.log|supervisor-\d+\.json)$/.test(name)),
    ).toEqual([]);
    expect(await readdir(home)).toEqual(['18']);
  });

  it('does not keep a command alive that forgets to release, and ends with it', async () => {
    const home = sharedFolder();
    const { child, finish } = await hold(home, { argument: 'forget' });
    await finish();
    expect(child.exitCode).toBe(0);
    await untilNoProcess(home);
  });
});

describe('leases of several processes', () => {
  eachLongButFirst([6, 2])('%i at the same instant in a fresh home share one server', async (count) => {
    const home = await temporaryFolder();
    const holders = await Promise.all(Array.from({ length: count }, () => hold(home)));
    expect(new Set(holders.map(({ heard }) => heard.connection.port)).size).toBe(1);
    expect(await postmastersOf(home)).toHaveLength(1);
    expect(await supervisorsOf(home)).toHaveLength(1);
    const [{ connection }] = [holders[0]!.heard];
    await query(connection, 'create table shared as select 1 as one');

    await Promise.all(holders.slice(1).map(({ finish }) => finish()));
    expect(await query(connection, 'select one from shared')).toEqual([{ one: 1 }]);
    await holders[0]!.finish();
    expect(await processesNaming(home)).toEqual([]);
  });

  it('come and go without end and never meet two servers or a wrong one', IS_LONG, async () => {
    const home = sharedFolder();
    const first = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    await query(first.connection, 'create table counted (n int)');
    await first.release();
    const command = async () => {
      const holder = await hold(home);
      await query(holder.heard.connection, 'insert into counted values (1)');
      expect((await postmastersOf(home)).length).toBe(1);
      await holder.finish();
    };
    const commands = async () => {
      for (let round = 0; round < 4; round += 1) await command();
    };
    await Promise.all([commands(), commands(), commands()]);
    expect(await processesNaming(home)).toEqual([]);
    const last = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
    expect(await query(last.connection, 'select count(*)::int as n from counted')).toEqual([{ n: 12 }]);
    await last.release();
  });

  it('the one that started the server may end first, by Ctrl-C too, and its pipes end with it', async () => {
    const home = sharedFolder();
    const starter = await hold(home, { detached: true });
    const other = await hold(home);
    process.kill(-starter.child.pid!, 'SIGINT');
    await starter.kill();
    expect(await query(other.heard.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    await other.finish();
    expect(await processesNaming(home)).toEqual([]);
  });
});
