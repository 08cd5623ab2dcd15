import { randomBytes } from 'node:crypto';
import { access, chmod, constants, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reasonOf, isMissing } from '../base/system-error.js';
import { quote } from '../base/wording.js';
import { InfrastructureError, UsageError } from '../domain/errors.js';
import { targetOf } from './file-target.js';

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
      const problem = await problemOf(path);
      if (problem !== undefined) throw refusal(flag, path, problem);
      const target = await targetOf(path);
      await access(dirname(target), constants.W_OK | constants.X_OK);
      return new ReportFile(flag, target);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw refusal(flag, path, reasonOf(error), error);
    }
  }

  /**
   * Puts a report in place at once: no reader sees half of it. A file that is replaced keeps its permissions.
   *
   * @throws InfrastructureError `report_not_written`
   */
  async write(text: string): Promise<void> {
    const temporary = join(dirname(this.#path), `.els-assign-${randomBytes(6).toString('hex')}`);
    try {
      const mode = await modeOf(this.#path);
      await writeFile(temporary, text, { flag: 'wx', mode: mode ?? 0o666 });
      if (mode !== undefined) await chmod(temporary, mode);
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      const message = `${this.#flag} ${quote(this.#path)} could not be written: ${reasonOf(error)}`;
      throw new InfrastructureError('report_not_written', message, { cause: error });
    }
  }
}

/** Why what is at a path cannot be replaced: a rename onto a pipe or a device would take its place. */
async function problemOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'it is a directory';
    if (!found.isFile()) return 'it is not a regular file';
    await access(path, constants.W_OK);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return undefined;
}

/** The permissions of a file; undefined where there is none. */
async function modeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && found.mode & 0o7777;
}

function refusal(flag: string, path: string, problem: string, cause?: unknown): UsageError {
  return new UsageError('unwritable_report', `${flag} ${quote(path)} cannot be written: ${problem}`, {
    cause,
  });
}
