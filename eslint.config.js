import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const NODE_GLOBALS = Object.fromEntries(
  ['process', 'console', 'URL', 'AbortController'].map((name) => [name, 'readonly']),
);

/** Only report/, cli/ and targets/els/commands/, by cli/console.ts, speak to the user. */
const quietRooms = {
  files: ['src/**/*.ts'],
  ignores: ['src/cli/**', 'src/report/**'],
  rules: { 'no-console': 'error' },
};

/** What a child process runs: it ends when its parent is gone. */
const childPrograms = [
  'src/targets/els/migrate/process/program.ts',
  'src/database/embedded/supervisor.ts',
  'src/faults/proxy/proxy-process.ts',
  'src/runner/worker.ts',
  'src/targets/module/host-program.ts',
  'src/wire/program.ts',
];

/** Of the command's own process only bin/ ends it, when everything else has been put away; and a second Ctrl-C, at once. */
const endedByBin = {
  files: ['src/**/*.ts'],
  ignores: [...childPrograms, 'src/cli/stop-signal.ts'],
  rules: {
    'no-restricted-properties': [
      'error',
      ...['exit', 'exitCode', 'abort', 'reallyExit'].map((property) => ({
        ...{ object: 'process', property },
        message: 'Only bin/, a second Ctrl-C and the programs of child processes end the process.',
      })),
    ],
  },
};

/** A service may have other copies of these classes: an error of a driver is told by its shape, by `serverError`. */
const shapesNotClasses = {
  files: ['src/**/*.ts', 'test/**/*.ts'],
  rules: {
    'no-restricted-syntax': [
      'error',
      {
        selector:
          "BinaryExpression[operator='instanceof'] > .right:matches([object.name=/^(pg|pgProtocol)$/], [name=/^(DatabaseError|AggregateError|Pool|Client)$/])",
        message:
          'Tell errors and objects of the driver by their shape: serverError in src/database/failure.ts.',
      },
    ],
  },
};

/** Written as users write their code: rows of node-postgres are of type any. */
const likeUsers = {
  files: ['test/targets/shipped/**/*.ts'],
  rules: Object.fromEntries(
    ['assignment', 'member-access', 'return', 'argument', 'call'].map((what) => [
      `@typescript-eslint/no-unsafe-${what}`,
      'off',
    ]),
  ),
};

export default tseslint.config(
  { ignores: ['docs/', 'dist/', 'build/', 'node_modules/', 'coverage/'] },
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
  endedByBin,
  shapesNotClasses,
  likeUsers,
);
