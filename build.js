// @ts-check
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The library and the command line. */
const ENTRY_POINTS = ['src/index.ts', 'src/main.ts'];

/** Every program that runs in a process or thread of its own. */
const PROGRAMS = [
  'src/targets/els/migrate/process/program.ts',
  'src/database/embedded/supervisor.ts',
  'src/base/parent-watch-thread.ts',
  'src/runner/alarm-thread.ts',
  'src/targets/module/host-program.ts',
  'src/targets/worker-program.ts',
  'src/wire/program.ts',
];

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** What users install is loaded from there; any other package is a part of the bundle. */
const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
const INSTALLED = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });

/**
 * CommonJS within the bundle asks for node's own modules by `require`, which its helper looks for in its own chunk. On one
 * line with the code, so that each file is whole as soon as it is there.
 */
const REQUIRE =
  "import { createRequire as elsRequire } from 'node:module'; const require = elsRequire(import.meta.url);";

/**
 * The driver, loaded when it is first used: help and what is refused need none. Node 20 has no `navigator`, and where
 * there is none the driver makes a Response to learn whether it runs on Cloudflare, for which node loads all of fetch.
 */
const DRIVER = `
  let driver;
  function load() {
    const isNode20 = globalThis.navigator === undefined;
    if (isNode20) globalThis.navigator = { userAgent: 'Node.js' };
    driver = require('pg');
    if (isNode20) delete globalThis.navigator;
    return driver;
  }
  export default new Proxy({}, { get: (_, name) => (driver ?? load())[name] });`;

/** @type {import('esbuild').Plugin} */
const loadDriver = {
  name: 'load-driver',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^pg$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'pg', namespace: 'driver' } : { external: true },
    );
    onLoad({ filter: /.*/, namespace: 'driver' }, () => ({ contents: DRIVER }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outbase: 'src',
  logLevel: 'warning',
};

/**
 * How dist/ is made. Maps name the sources' lines (`node --enable-source-maps`) and leave their text out.
 *
 * @type {import('esbuild').BuildOptions & { metafile: true }}
 */
const BUNDLE = {
  ...COMMON,
  outdir: 'dist',
  bundle: true,
  banner: { js: REQUIRE },
  external: INSTALLED,
  plugins: [loadDriver],
  mainFields: ['module', 'main'],
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
};

/**
 * Makes dist/: few files, for each that node loads costs a start; a program, which a run starts once for each worker, is
 * one. Types are checked by `npm run typecheck` and declared by tsc.
 */
async function buildBundle() {
  const built = await Promise.all([
    build({ ...BUNDLE, entryPoints: ENTRY_POINTS, splitting: true, chunkNames: 'chunks/[name]-[hash]' }),
    build({ ...BUNDLE, entryPoints: PROGRAMS }),
  ]);
  const made = new Set(built.flatMap(({ metafile }) => Object.keys(metafile.outputs)));
  for (const file of filesBelow('dist')) {
    if (isStale(file, made)) rmSync(join(ROOT, file));
  }
  writeFileSync(
    join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt'),
    licencesOf(built.flatMap(({ metafile }) => Object.keys(metafile.inputs))),
  );
}

/**
 * What an earlier build made and this one did not; declarations, which tsc makes later, by their source.
 *
 * @param {string} file
 * @param {Set<string>} made
 */
function isStale(file, made) {
  if (/\.d\.ts(\.map)?$/.test(file))
    return !existsSync(join(ROOT, file.replace(/^dist/, 'src').replace(/\.d\.ts(\.map)?$/, '.ts')));
  return /\.js(\.map)?$/.test(file) && !made.has(file);
}

/**
 * The licences of the packages that are parts of the bundle, which ask to be handed on with it.
 *
 * @param {string[]} inputs
 */
function licencesOf(inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(ROOT, folder)).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : `\n\n${readFileSync(join(ROOT, folder, file), 'utf8').trim()}`;
    return `${name} ${version} (${license})${text}`;
  });
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** Makes build/modules/, what `#els/…` means to node: each source by itself, for the programs of tests and campaigns. */
async function buildModules() {
  const entryPoints = filesBelow('src').filter((file) => file.endsWith('.ts'));
  await build({
    ...COMMON,
    entryPoints,
    outdir: 'build/modules',
    sourcemap: 'inline',
    sourcesContent: false,
  });
}

/** @param {string} folder */
function filesBelow(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

await Promise.all([buildBundle(), buildModules()]);
