/** Draws for one test: every draw follows from the seed. */
export interface Draw {
  /** A whole number from low to high. */
  integer(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/**
 * Runs a test body with random draws, again and again. A failure names its seed; ELS_TEST_SEED=<seed> repeats it.
 */
export function forRandomDraws(times: number, body: (draw: Draw) => void): void {
  const given = process.env.ELS_TEST_SEED;
  const seeds = given
    ? [Number(given)]
    : Array.from({ length: times }, () => Math.floor(Math.random() * 2 ** 31));
  for (const seed of seeds) {
    try {
      body(drawFrom(seed));
    } catch (error) {
      throw new Error(`with ELS_TEST_SEED=${seed}: ${String(error)}`, { cause: error });
    }
  }
}

/** A linear congruential generator (Numerical Recipes' constants), of which the high bits are used. */
function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const integer = (low: number, high: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return low + Math.floor((state / 2 ** 32) * (high - low + 1));
  };
  const pick = <Item>(items: readonly Item[]): Item => items[integer(0, items.length - 1)] as Item;
  return { integer, pick };
}
