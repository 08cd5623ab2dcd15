import { ANSWERING } from './bugs/answering.js';
import { CLAIMING } from './bugs/claiming.js';
import { TELLING } from './bugs/telling.js';
import { WRITING } from './bugs/writing.js';
import type { PlantedBug, SqlBug } from './planted-bug.js';

/** Every planted bug that a custom strategy can hold. */
export const SQL_BUGS: readonly SqlBug[] = [...CLAIMING, ...ANSWERING, ...WRITING, ...TELLING];

/** Whether no bug before it is made for the same invariant: one of each kind is in `npm test`. */
export function isFirstOfItsKind(bug: PlantedBug, bugs: readonly PlantedBug[]): boolean {
  return bugs.find(({ violates }) => violates[0] === bug.violates[0]) === bug;
}
