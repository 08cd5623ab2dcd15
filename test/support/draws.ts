import { it } from 'vitest';

/** Draws of one test: all follow from the seed. */
export interface Draw {
  /** A whole number from low to high. */
  integer(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Letters and digits that nothing else contains. */
  word(length: number): string;
}

/** A random seed, or the one that ELS_TEST_SEED repeats. */
export function chooseSeed(): number {
  const given = process.env['ELS_TEST_SEED'];
  return given ? Number(given) : Math.floor(Math.random() * 2 ** 31);
}

/** Runs a test body with random draws. A failure names its seed; ELS_TEST_SEED=<seed> repeats the draws. */
export async function withDraws(body: (draw: Draw) => Promise<void> | void): Promise<void> {
  const seed = chooseSeed();
  try {
    await body(drawFrom(seed));
  } catch (error) {
    if (error instanceof Error) error.message = `with ELS_TEST_SEED=${seed}: ${error.message}`;
    throw error;
  }
}

/** Like `withDraws`, again and again, each time from another seed. */
export function forRandomDraws(times: number, body: (draw: Draw) => void): void {
  const seeds = process.env['ELS_TEST_SEED'] ? [chooseSeed()] : Array.from({ length: times }, chooseSeed);
  for (const seed of seeds) {
    try {
      body(drawFrom(seed));
    } catch (error) {
      throw new Error(`with ELS_TEST_SEED=${seed}: ${String(error)}`, { cause: error });
    }
  }
}

/** Defines a test with random draws. */
export function drawn(name: string, body: (draw: Draw) => Promise<void> | void, timeoutMs = 60_000): void {
  it(name, () => withDraws(body), timeoutMs);
}

/** `count` items made by their position. */
export function times<T>(count: number, make: (position: number) => T): T[] {
  return Array.from({ length: count }, (_, position) => make(position));
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** mulberry32 */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  const pick = <Item>(items: readonly Item[]): Item => items[integer(0, items.length - 1)] as Item;
  const word = (length: number): string => Array.from({ length }, () => pick([...LETTERS])).join('');
  return { integer, pick, word };
}
