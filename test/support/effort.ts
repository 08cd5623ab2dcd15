/** Whether searches are made at full length: ELS_TEST_DRAWS=all, as `npm run test:all` asks. */
const ALL = process.env['ELS_TEST_DRAWS'] === 'all';

/**
 * How many cases a search by random draws tries.
 *
 * @param few in `npm test`: what a slip of the hand does not survive, while one waits for it
 * @param all at full length
 */
export function draws(few: number, all: number): number {
  return ALL ? all : few;
}
