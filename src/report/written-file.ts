import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InfrastructureError, UsageError } from '../domain/errors.js';
import { reasonOf } from '../domain/system-error.js';

/**
 * Finds out whether a report can be written, by creating a file beside it and removing it again; whatever stands at
 * the path stays.
 *
 * @param flag that gave the path
 * @throws UsageError `unwritable_report`
 */
export async function checkReportPath(flag: string, path: string): Promise<void> {
  try {
    const target = await targetOf(path);
    const temporary = temporaryBeside(target);
    await (await open(temporary, 'wx')).close();
    await rm(temporary);
  } catch (error) {
    const message = `${flag} ${JSON.stringify(path)} cannot be written: ${reasonFor(error)}`;
    throw new UsageError('unwritable_report', message, { cause: error });
  }
}

/**
 * Writes a report at once: a reader finds what was there before or the whole report, never a part of it.
 *
 * @param flag that gave the path
 * @throws InfrastructureError `report_not_written`, e.g. on a full disk
 */
export async function writeReport(flag: string, path: string, text: string): Promise<void> {
  try {
    const target = await targetOf(path);
    await replaceFile(target, text);
  } catch (error) {
    const message = `${flag} ${JSON.stringify(path)} could not be written: ${reasonFor(error)}`;
    throw new InfrastructureError('report_not_written', message, { cause: error });
  }
}

async function replaceFile(target: string, text: string): Promise<void> {
  const temporary = temporaryBeside(target);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

class NotAFile extends Error {}

function reasonFor(error: unknown): string {
  return error instanceof NotAFile ? 'it is no regular file' : reasonOf(error);
}

/** Where the file is or will be; a folder or a device (/dev/null) must not be replaced by a file. */
async function targetOf(path: string): Promise<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isFile() === false || /(^|\/)$/.test(path)) throw new NotAFile();
  if (found === undefined) return path;
  return realpath(path);
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
}
