import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Which rooms of src/ each room may import from. Data flows one way:
 * cli → app → scenario → runner → engine → database, and back as results → verify → gate → report.
 */
const mayImport = {
  domain: [],
  database: ['domain'],
  engine: ['domain', 'database'],
  batches: ['domain', 'database'],
  gate: ['domain'],
  scenario: ['domain', 'gate'],
  config: ['domain', 'gate', 'scenario'],
  runner: ['domain', 'scenario', 'engine', 'database'],
  faults: ['domain', 'database', 'scenario', 'runner'],
  verify: ['domain', 'database'],
  history: ['domain'],
  baseline: ['domain', 'scenario'],
  migrate: ['domain', 'database'],
  prove: ['domain', 'database', 'engine', 'batches', 'verify'],
  compare: ['domain'],
  report: ['domain'],
  app: [
    'domain',
    'database',
    'engine',
    'batches',
    'gate',
    'scenario',
    'runner',
    'faults',
    'verify',
    'history',
    'baseline',
    'migrate',
    'prove',
    'compare',
  ],
  cli: ['domain', 'app', 'config', 'report'],
};
const rooms = Object.keys(mayImport);

const roomRules = rooms.map((room) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: rooms
          .filter((other) => other !== room && !mayImport[room].includes(other))
          .map((other) => ({
            regex: `^(\\.\\./)+${other}/`,
            message: `src/${room} may import only: ${[room, ...mayImport[room]].join(', ')}.`,
          })),
      },
    ],
  },
}));

const NODE_GLOBALS = Object.fromEntries(
  ['process', 'console', 'URL', 'AbortController'].map((name) => [name, 'readonly']),
);

/** Only bin/ ends the process; only report/ and cli/ speak to the user. */
const quietRooms = {
  files: ['src/**/*.ts'],
  ignores: ['src/cli/**', 'src/report/**'],
  rules: { 'no-console': 'error' },
};

export default tseslint.config(
  { ignores: ['docs/api', 'dist/', 'build/', 'node_modules/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'no-console': 'off',
    },
  },
  { files: ['**/*.js'], languageOptions: { globals: NODE_GLOBALS } },
  { files: ['html/*.js'], languageOptions: { globals: { document: 'readonly' } } },
  quietRooms,
  ...roomRules,
);
