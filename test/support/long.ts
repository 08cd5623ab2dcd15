import { it } from 'vitest';

/** Of a test that `npm test` leaves out and `npm run test:all` runs: one like it, or a part of it, is left in. */
export const IS_LONG = { tags: ['long'] };

/** The same of all tests of a table but one, by a condition that holds for that one. */
export function longUnless(isKept: boolean): { tags: string[] } {
  return isKept ? { tags: [] } : IS_LONG;
}

type Arguments<Row> = Row extends readonly unknown[] ? { -readonly [At in keyof Row]: Row[At] } : [Row];

/** `it.each` of a table of which `npm test` runs the first row: the others are long. */
export function eachLongButFirst<const Row>(rows: readonly Row[]) {
  return (title: string, body: (...row: Arguments<Row>) => unknown): void => {
    for (const [position, row] of rows.entries()) {
      const each = it.each([row] as never[]) as (title: string, options: object, body: unknown) => void;
      each(title, longUnless(position === 0), body);
    }
  };
}
