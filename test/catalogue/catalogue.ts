import { ANSWERING } from './bugs/answering.js';
import { CLAIMING } from './bugs/claiming.js';
import { TELLING } from './bugs/telling.js';
import { WRITING } from './bugs/writing.js';
import type { SqlBug } from './planted-bug.js';

/** Every planted bug that a custom strategy can hold. */
export const SQL_BUGS: readonly SqlBug[] = [...CLAIMING, ...ANSWERING, ...WRITING, ...TELLING];
