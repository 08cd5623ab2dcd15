/** Gives the next number of a sequence, at least 0 and below 1. */
export type Random = () => number;

/**
 * mulberry32, a generator with 32 bits of state by Tommy Ettinger (public domain,
 * https://gist.github.com/tommyettinger/46a874533244883189143505d203312c): equal seeds give equal sequences.
 *
 * @param seed its low 32 bits count
 */
export function mulberry32(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Shuffles in place (Fisher–Yates in Durstenfeld's form). */
export function shuffle(items: Uint32Array, random: Random): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(random() * (last + 1));
    const item = items[chosen] ?? 0;
    items[chosen] = items[last] ?? 0;
    items[last] = item;
  }
}
