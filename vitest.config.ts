import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** `#els/…` is the sources: what a test imports is never stale, and needs no build. */
const resolve = {
  alias: [{ find: /^#els\/(.*)\.js$/, replacement: fileURLToPath(new URL('src/$1.ts', import.meta.url)) }],
};
/** Makes the bundle, which every process runs that a test starts. */
const BUNDLE = 'test/support/build-setup.ts';
/** Starts the PostgreSQL server of the tests. */
const SERVER = 'test/support/server-setup.ts';

/** A project of tests that take long or need what not everyone has: apart from `npm test`, one file after the other. */
function apart(
  name: string,
  globalSetup: readonly string[],
  seconds: { readonly test: number; readonly hook: number },
): TestProjectInlineConfiguration {
  return {
    resolve,
    test: {
      name,
      include: [`test/**/*.${name}.ts`],
      globalSetup: [...globalSetup],
      testTimeout: seconds.test * 1_000,
      hookTimeout: seconds.hook * 1_000,
      fileParallelism: false,
      sequence: { groupOrder: 3 },
    },
  };
}

/** Tests of `npm test` that need a server; what a file makes (schema, folders, processes) is its own. */
function onServer(
  name: string,
  suffix: string,
  groupOrder = 1,
  maxWorkers = 3,
): TestProjectInlineConfiguration {
  return {
    resolve,
    test: {
      name,
      include: [`test/**/*.${suffix}.test.ts`],
      globalSetup: [BUNDLE, SERVER],
      testTimeout: 120_000,
      hookTimeout: 60_000,
      // Tests wait for the server and for processes of their own more than they compute.
      maxWorkers,
      sequence: { groupOrder },
      isolate: false,
    },
  };
}

export default defineConfig({
  test: {
    tags: [{ name: 'long', description: 'left out of `npm test`, run by `npm run test:all`' }],
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/**/*.{database,cli,timing}.test.ts'],
          setupFiles: ['test/support/no-processes.ts'],
          // A limit for what hangs, not for how fast a machine is that does other things as well.
          testTimeout: 60_000,
          // They compute and wait for nothing: all cores, where vitest leaves one free.
          maxWorkers: '100%',
          isolate: false,
        },
      },
      onServer('database', 'database'),
      onServer('command-line', 'cli'),
      // What is told by the clock: one file after the other, when nothing else runs.
      onServer('timing', 'timing', 2, 1),
      apart('depth', [BUNDLE, SERVER], { test: 120, hook: 120 }),
      apart('browser', [BUNDLE, SERVER], { test: 60, hook: 120 }),
      apart('pooler', [BUNDLE, SERVER], { test: 60, hook: 60 }),
      apart('surroundings', [BUNDLE], { test: 600, hook: 120 }),
      apart('package', [], { test: 300, hook: 180 }),
    ],
  },
});
