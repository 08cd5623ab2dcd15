/**
 * Which rooms of src/ each room may import from, besides itself. Orders go down from cli and app, results come back as
 * types of domain. docs/architecture.md draws it. A room within another one is a room of its own.
 */
export const MAY_IMPORT = {
  base: [],
  domain: ['base'],
  target: ['domain'],
  database: ['base', 'domain'],
  wire: ['base', 'domain', 'database'],
  runs: ['domain', 'database'],
  'targets/els': ['base', 'domain', 'target', 'database', 'runs', 'prove'],
  'targets/els/commands': ['base', 'domain', 'database', 'targets/els', 'scenario', 'report', 'app', 'cli'],
  targets: ['base', 'domain', 'target', 'database', 'runs', 'runner', 'targets/els', 'prove'],
  gate: ['base', 'domain'],
  scenario: ['base', 'domain', 'gate'],
  workload: ['base', 'domain'],
  config: ['base', 'domain', 'gate', 'scenario', 'targets'],
  baseline: ['base', 'domain', 'scenario'],
  history: ['base', 'domain'],
  verify: ['domain', 'target'],
  runner: ['base', 'domain', 'target', 'database', 'workload'],
  faults: ['base', 'domain', 'target', 'database', 'workload', 'runner', 'wire'],
  prove: ['domain', 'target', 'database', 'runs', 'verify'],
  compare: ['base', 'domain'],
  report: ['base', 'domain'],
  'app/rollout': ['base', 'domain', 'target', 'database', 'targets', 'targets/els', 'runner'],
  app: [
    'base',
    'domain',
    'target',
    'database',
    'runs',
    'targets',
    'gate',
    'scenario',
    'workload',
    'baseline',
    'history',
    'verify',
    'runner',
    'wire',
    'faults',
    'prove',
    'compare',
    'app/rollout',
  ],
  library: ['base', 'domain', 'targets', 'scenario', 'verify', 'report', 'app'],
  cli: ['base', 'domain', 'target', 'targets', 'scenario', 'config', 'report', 'app', 'app/rollout'],
};
const ROOMS = Object.keys(MAY_IMPORT);

/** What stands above all rooms: the library and the command line. */
const ENTRY_POINTS = '^src/(index|main)\\.ts$';

/**
 * The files of a room, those of rooms within it apart.
 *
 * @param {string} room
 */
function filesOf(room) {
  const within = ROOMS.filter((other) => other.startsWith(`${room}/`)).map((other) =>
    other.slice(room.length + 1),
  );
  return `^src/${room}/${within.length > 0 ? `(?!(${within.join('|')})/)` : ''}`;
}

/** Where packages stand, whatever folder holds them. */
const PACKAGE = '(^|/)node_modules/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      comment:
        'Modules that import each other, types included, are one: put what both need in a file of its own.',
      from: { path: '^src/' },
      to: { circular: true },
    },
    ...Object.entries(MAY_IMPORT).map(([room, others]) => ({
      name: `room-${room}`,
      severity: 'error',
      comment: `src/${room} may import only: ${[room, ...others].join(', ')}.`,
      from: { path: filesOf(room) },
      to: { path: '^src/', pathNot: [room, ...others].map(filesOf) },
    })),
    {
      name: 'known-rooms',
      severity: 'error',
      comment: 'A room is listed in .dependency-cruiser.js with what it may import.',
      from: { path: '^src/', pathNot: [...ROOMS.map(filesOf), ENTRY_POINTS] },
      to: {},
    },
    {
      name: 'base-needs-no-package',
      severity: 'error',
      comment: 'src/base and src/domain rest on node alone.',
      from: { path: '^src/(base|domain)/' },
      to: { path: PACKAGE },
    },
    {
      name: 'reports-write-no-file',
      severity: 'error',
      comment: 'src/report renders, src/cli writes what it rendered; page.ts reads the parts of html/.',
      from: { path: '^src/report/', pathNot: '^src/report/html/page\\.ts$' },
      to: { path: '^(node:)?(fs|fs/promises)$' },
    },
    {
      name: 'found',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: PACKAGE },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectJSDocImports: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
