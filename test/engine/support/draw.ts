import { it } from 'vitest';
import { mulberry32 } from '#els/scenario/random.js';

/** Random counts that all follow from one seed. */
export interface Draw {
  /** A whole number from low to high. */
  integer(low: number, high: number): number;
  /** One of several. */
  pick<T>(items: readonly [T, ...T[]]): T;
}

/**
 * Defines a test whose counts are drawn at random. A failure names its seed; ELS_TEST_SEED=<seed> repeats it.
 */
export function drawn(name: string, body: (draw: Draw) => Promise<void> | void, timeoutMs = 60_000): void {
  it(
    name,
    async () => {
      const given = process.env['ELS_TEST_SEED'];
      const seed = given ? Number(given) : Math.floor(Math.random() * 2 ** 31);
      try {
        await body(drawFrom(seed));
      } catch (error) {
        if (error instanceof Error) error.message = `with ELS_TEST_SEED=${seed}: ${error.message}`;
        throw error;
      }
    },
    timeoutMs,
  );
}

function drawFrom(seed: number): Draw {
  const random = mulberry32(seed);
  const integer = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  return { integer, pick: (items) => items[integer(0, items.length - 1)] ?? items[0] };
}

/** `count` items made by their position. */
export function times<T>(count: number, make: (position: number) => T): T[] {
  return Array.from({ length: count }, (_, position) => make(position));
}
