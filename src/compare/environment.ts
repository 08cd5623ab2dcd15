import type { Environment } from '../domain/run-result.js';

/**
 * What differs between the surroundings of two measurements that are compared.
 *
 * @param then of the measurement that the other is compared with; all of it or a part
 * @returns one line each, e.g. `fsync was on and is off`
 */
export function environmentDifferences(now: Partial<Environment>, then: Partial<Environment>): string[] {
  const names = Object.keys(then) as (keyof Environment)[];
  return names
    .filter((name) => now[name] !== then[name])
    .map((name) => `${name} was ${then[name]} and is ${now[name]}`);
}
