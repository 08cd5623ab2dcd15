import { basename } from 'node:path';

/** Files that are targets by their code. */
const ENDING = /(?:\.target)?\.[cm]?[jt]s$/;

/** Whether a path names a module, by its ending. */
export function isModulePath(path: string): boolean {
  return ENDING.test(path);
}

/** How reports call a target whose definition has no name: its file without `.target.ts` and the like. */
export function nameOfFile(path: string): string {
  return basename(path).replace(ENDING, '');
}
