import { defineConfig } from 'vitest/config';

/** The tests that install the published tarball from the npm registry, apart from `npm test`: `npm run test:package`. */
export default defineConfig({
  test: {
    include: ['test/package/**/*.package.ts'],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    maxWorkers: 1,
  },
});
