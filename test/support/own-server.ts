import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { locateBinaries, runnableBinaries } from '#els/database/embedded/binaries.js';
import { layoutOf, prepareHome } from '#els/database/embedded/home.js';
import { readPostmasterFile } from '#els/database/embedded/postmaster.js';
import { ended, runProgram, startProgram } from '#els/database/embedded/programs.js';
import { chooseServerUser } from '#els/database/embedded/server-user.js';
import { closedPort } from '../cli/ports.js';
import { childrenOf } from '../cli/signalled.js';

/** A PostgreSQL server of a test file's own, with TLS, a socket and IPv6. */
export interface OwnServer {
  readonly port: number;
  /** Where its socket is. */
  readonly socketFolder: string;
  /** The certificate that signed the server's, which is for `localhost` alone. */
  readonly rootCertificate: string;
  /** Another authority's certificate. */
  readonly strangersCertificate: string;
  /** Stops all its processes where they are; its connections stay open and are not answered. Returns what undoes that. */
  freeze(): () => void;
  stop(): Promise<void>;
}

/** The role that initdb makes, a superuser. */
export const OWNER = 'owner';

/**
 * Starts a server whose data live in a temporary folder.
 *
 * @param password of OWNER
 * @param access lines of pg_hba.conf
 */
export async function startOwnServer(
  password: string,
  access: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'els-assign-own-'));
  chmodSync(folder, 0o755);
  const layout = layoutOf(folder);
  const user = await chooseServerUser(layout);
  const own = (path: string) => user.uid !== undefined && chownSync(path, user.uid, user.gid ?? user.uid);
  const bin = join(await binaries(folder), 'bin');
  for (const path of [layout.data, join(folder, 'socket')]) {
    mkdirSync(path, { mode: path === layout.data ? 0o700 : 0o755 });
    own(path);
  }
  writeFileSync(layout.passwordFile, password);
  own(layout.passwordFile);
  const initdb = [
    '--no-locale',
    '--encoding=UTF8',
    '--auth=scram-sha-256',
    '--no-sync',
    `--username=${OWNER}`,
  ];
  const places = [`--pwfile=${layout.passwordFile}`, `--pgdata=${layout.data}`];
  await runProgram(
    join(bin, 'initdb'),
    [...initdb, ...places],
    layout.log,
    user,
    new AbortController().signal,
  );
  writeFileSync(join(layout.data, 'pg_hba.conf'), `${access.join('\n')}\n`);
  makeCertificates(folder);
  own(join(folder, 'server.key'));
  const port = await closedPort();
  const all = {
    ...{
      port: String(port),
      listen_addresses: '127.0.0.1,::1',
      unix_socket_directories: join(folder, 'socket'),
    },
    ...{ ssl: 'on', ssl_cert_file: join(folder, 'server.crt'), ssl_key_file: join(folder, 'server.key') },
    ...{ fsync: 'off', ...settings },
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await startProgram(join(bin, 'postgres'), ['-D', layout.data, ...flags], layout.log, user);
  while (!(await readPostmasterFile(layout.data))?.acceptsConnections) await sleep(20);
  return {
    port,
    socketFolder: join(folder, 'socket'),
    rootCertificate: join(folder, 'root.crt'),
    strangersCertificate: join(folder, 'stranger.crt'),
    freeze() {
      const pids = [server.pid ?? 0, ...childrenOf(server.pid ?? 0)];
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      // The postmaster last: it would take away those that end.
      return () => pids.reverse().forEach((pid) => process.kill(pid, 'SIGCONT'));
    },
    async stop() {
      server.kill('SIGINT');
      await ended(server);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Those that run for the other tests where there are such; root needs a copy that the server's user may read. */
async function binaries(folder: string): Promise<string> {
  const installed = await locateBinaries();
  const home = inject('embeddedHome') || folder;
  return runnableBinaries(installed, await prepareHome({ ELS_ASSIGN_HOME: home }, installed.major));
}

function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of ['root', 'stranger']) {
    openssl('req', '-x509', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`);
  }
  openssl('req', ...key.slice(0, -2), '-subj', '/CN=server', '-keyout', 'server.key', '-out', 'server.csr');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost');
  const signing = ['-CA', 'root.crt', '-CAkey', 'root.key', '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', 'server.csr', ...signing, '-extfile', 'names', '-out', 'server.crt');
  chmodSync(join(folder, 'server.key'), 0o600);
}
