import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isMissing } from '../base/system-error.js';

/**
 * Where a path leads when links are followed, also where nothing is there yet.
 *
 * @throws the system's error where its folder cannot be reached, or links lead in a circle
 */
export async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const folder = await realpath(dirname(resolve(path)));
  const place = join(folder, basename(resolve(path)));
  const link = await readlink(place).catch(() => undefined);
  return link === undefined ? place : targetOf(resolve(folder, link));
}
