import { randomBytes } from 'node:crypto';
import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InfrastructureError, UsageError } from '../domain/errors.js';
import { reasonOf } from '../domain/system-error.js';

/** A file that will hold a report: the whole of it, or what it held before. */
export class ReportFile {
  readonly #flag: string;
  readonly #path: string;

  private constructor(flag: string, path: string) {
    this.#flag = flag;
    this.#path = path;
  }

  /**
   * Checks that the file can be written; nothing is created yet.
   *
   * @param flag how messages name it, e.g. `--junit`
   * @throws UsageError `unwritable_report`
   */
  static async at(flag: string, path: string): Promise<ReportFile> {
    if (path === '' || path === '-') throw refusal(flag, path, 'it names no file');
    try {
      const target = await withoutLinks(resolve(path));
      await access(dirname(target), constants.W_OK | constants.X_OK);
      return new ReportFile(flag, target);
    } catch (error) {
      if (error instanceof NotAFile) throw refusal(flag, path, error.message);
      throw refusal(flag, path, reasonOf(error), error);
    }
  }

  /**
   * Puts a report in place at once: no reader sees half of it.
   *
   * @throws InfrastructureError `report_not_written`
   */
  async write(text: string): Promise<void> {
    const temporary = join(dirname(this.#path), `.els-assign-${randomBytes(6).toString('hex')}`);
    try {
      await writeFile(temporary, text, { flag: 'wx' });
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      const message = `${this.#flag} ${JSON.stringify(this.#path)} could not be written: ${reasonOf(error)}`;
      throw new InfrastructureError('report_not_written', message, { cause: error });
    }
  }
}

class NotAFile extends Error {}

/** Where a path leads: a rename onto a link, a pipe or a device would replace it. */
async function withoutLinks(path: string): Promise<string> {
  try {
    const target = await realpath(path);
    const found = await stat(target);
    if (found.isDirectory()) throw new NotAFile('it is a directory');
    if (!found.isFile()) throw new NotAFile('it is not a regular file');
    return target;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw error;
  }
}

function refusal(flag: string, path: string, problem: string, cause?: unknown): UsageError {
  const message = `${flag} ${JSON.stringify(path)} cannot be written: ${problem}`;
  return new UsageError('unwritable_report', message, { cause });
}
