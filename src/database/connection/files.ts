import { readFileSync } from 'node:fs';
import { codeOf } from '../../base/system-error.js';
import { UsageError } from '../../domain/errors.js';

/**
 * Reads a file that a connection parameter names.
 *
 * @param what it is, for the message
 * @throws UsageError when it cannot be read
 */
export function readParameterFile(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = codeOf(error) ?? String(error);
    throw new UsageError(
      'unreadable_file',
      `${what} ${JSON.stringify(path)} cannot be read (${reason}); accepted: a file that this user may read`,
      { cause: error },
    );
  }
}
