import { defineConfig } from 'vitest/config';

/** Proofs that take long and say little anew with each change, apart from `npm test`: `npm run test:depth`. */
export default defineConfig({
  test: {
    include: ['test/**/*.depth.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
