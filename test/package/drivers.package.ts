import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaseEmbeddedServer, type EmbeddedLease } from '#els/database/embedded/lease.js';
import { execute, npm, pack, REPOSITORY, temporaryFolder } from './npm.js';

/** The oldest and the newest driver of the peer range, and the pins that had two copies of pg-protocol in one service. */
const DRIVERS: readonly Record<string, string>[] = [
  { pg: '8.11.0', 'pg-pool': '3.6.0', 'pg-protocol': '1.6.0' },
  { pg: '8.21.0', 'pg-protocol': '1.14.0' },
  { pg: '8', 'pg-pool': '3', 'pg-protocol': '1' },
];
const PROCESSES = 2;

interface End {
  readonly batchId: string;
  readonly textStorageId: string;
  readonly outcome: string;
  readonly essayId?: string;
  readonly isTyped?: boolean;
  readonly code?: string;
}

let folder: string;
let remove: () => Promise<void>;
let tarball: string;
let lease: EmbeddedLease;
let env: Record<string, string>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  // Where tests run as root, the server is another user's.
  await chmod(folder, 0o755);
  tarball = join(folder, (await pack(folder)).filename);
  lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: join(folder, 'home') });
  const { host, port, user, password, database } = lease.connection;
  env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: database };
});
afterAll(async () => {
  await lease.release();
  await remove();
});

/** A service's folder with this driver and the tarball in it. */
async function service(name: string, dependencies: Record<string, string>): Promise<string> {
  const project = join(folder, name);
  await mkdir(project);
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies }),
  );
  await npm(['install', '--omit=optional', tarball], project);
  await copyFile(join(REPOSITORY, 'test/package/racing-engines.js'), join(project, 'race.js'));
  return project;
}

async function versionIn(project: string, name: string): Promise<string> {
  const path = join(project, 'node_modules', name, 'package.json');
  return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
}

function groupBy(ends: readonly End[]): Map<string, End[]> {
  const groups = new Map<string, End[]>();
  for (const end of ends) {
    const key = `${end.batchId} ${end.textStorageId}`;
    groups.set(key, [...(groups.get(key) ?? []), end]);
  }
  return groups;
}

describe.each(DRIVERS)('beside %o', (dependencies) => {
  it('engines that race in several processes give each content one slot, and raise typed errors alone', async () => {
    const project = await service(`service-${dependencies.pg}`, dependencies);
    const own = createRequire(join(project, 'node_modules', 'els-assign', 'package.json')).resolve('pg');
    expect(own).toBe(createRequire(join(project, 'race.js')).resolve('pg'));
    if (dependencies.pg !== '8') expect(await versionIn(project, 'pg')).toBe(dependencies.pg);

    await execute('node', ['race.js', 'setup'], project, env);
    const races = Array.from({ length: PROCESSES }, () => execute('node', ['race.js', 'race'], project, env));
    const ends = (await Promise.all(races)).flatMap((printed) => JSON.parse(printed) as End[]);

    const errors = ends.filter(({ outcome }) => outcome === 'error');
    expect(errors.filter(({ isTyped, code }) => !isTyped || code !== 'unknown_batch')).toEqual([]);
    expect(errors.length).toBeGreaterThan(0);
    const answers = ends.filter(({ outcome }) => outcome !== 'error');
    const byContent = groupBy(answers);
    expect(byContent.size).toBeGreaterThan(0);
    for (const group of byContent.values()) {
      expect(group.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
      expect(new Set(group.map(({ essayId }) => essayId)).size).toBe(1);
    }
    expect(new Set(answers.map(({ essayId }) => essayId)).size).toBe(byContent.size);
  });
});

it('needs no driver to be named: npm installs the peer, and the command compares', async () => {
  const project = join(folder, 'bare');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true }');
  await npm(['install', '--omit=optional', tarball], project);
  const load = ['--scenario', 'sustained', '--duration', '500ms', '--slots', '200', '--workers', '2'];
  const args = ['els-assign', 'compare', '--rounds', '1', '--allow-inconclusive', '--quiet', ...load];
  expect(await execute('npx', ['--no-install', ...args], project, env)).toMatch(/\nPASSED {2}verdict valid/);
});
