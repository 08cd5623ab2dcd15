/**
 * Which rooms of src/ each room may import from, besides itself. Orders go down from cli and app, results come back as
 * types of domain. docs/architecture.md draws it.
 */
export const MAY_IMPORT = {
  base: [],
  domain: ['base'],
  database: ['base', 'domain'],
  engine: ['base', 'domain', 'database'],
  batches: ['base', 'domain', 'database'],
  migrate: ['domain', 'database'],
  gate: ['base', 'domain'],
  scenario: ['base', 'domain', 'gate'],
  workload: ['domain'],
  config: ['base', 'domain', 'gate', 'scenario'],
  baseline: ['base', 'domain', 'scenario'],
  history: ['base', 'domain'],
  verify: ['domain', 'database'],
  runner: ['base', 'domain', 'database', 'engine', 'workload'],
  faults: ['base', 'domain', 'database', 'workload', 'runner'],
  prove: ['domain', 'database', 'batches', 'verify'],
  compare: ['base', 'domain'],
  report: ['base', 'domain'],
  app: [
    'base',
    'domain',
    'database',
    'engine',
    'batches',
    'migrate',
    'gate',
    'scenario',
    'workload',
    'baseline',
    'history',
    'verify',
    'runner',
    'faults',
    'prove',
    'compare',
  ],
  cli: ['base', 'domain', 'scenario', 'config', 'report', 'app'],
};
const ROOMS = Object.keys(MAY_IMPORT);

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
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${[room, ...others].join('|')})/` },
    })),
    {
      name: 'known-rooms',
      severity: 'error',
      comment: 'A room is listed in .dependency-cruiser.js with what it may import.',
      from: { path: '^src/', pathNot: `^src/(${ROOMS.join('|')})/|^src/index\\.ts$` },
      to: {},
    },
    {
      name: 'ground-needs-no-package',
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
