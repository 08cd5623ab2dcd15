import { defineConfig } from 'vitest/config';

/** The tests that need Debian's pgbouncer, apart from `npm test`: `npm run test:pooler`. */
export default defineConfig({
  test: {
    include: ['test/pooler/**/*.pooler.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
