import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Tests wait for the server and for processes of their own more than they compute.
    maxWorkers: 3,
    // A worker loads the modules once. What a file makes (schema, folders, processes) is its own.
    isolate: false,
  },
});
