/**
 * Adjusts the p-values of several claims so that each may be held against the level of all together: S. Holm, "A
 * Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6 (1979), 65–70. It
 * holds however the claims depend on each other.
 *
 * @returns the adjusted p-values in the order given
 */
export function adjustByHolm(pValues: readonly number[]): number[] {
  const adjusted = new Map<number, number>();
  let largest = 0;
  for (const [rank, position] of orderOf(pValues).entries()) {
    largest = Math.max(largest, (pValues.length - rank) * (pValues[position] ?? NaN));
    adjusted.set(position, Math.min(1, largest));
  }
  return pValues.map((_, position) => adjusted.get(position) ?? NaN);
}

function orderOf(pValues: readonly number[]): number[] {
  return [...pValues.keys()].sort((a, b) => (pValues[a] ?? NaN) - (pValues[b] ?? NaN));
}
