import { defineConfig } from 'vitest/config';

/**
 * Tests of large and broken surroundings, apart from `npm test`: `npm run test:surroundings`. They need root, Debian's
 * packages postgresql and faketime, and minutes.
 */
export default defineConfig({
  test: {
    include: ['test/surroundings/**/*.surroundings.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
