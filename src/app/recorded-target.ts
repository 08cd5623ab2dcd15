import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import type { Target } from '../target/target.js';
import { resolveTarget } from '../targets/resolve.js';
import type { Database } from './database.js';

/** Which files of targets a command may load, for runs that are recorded with a file. */
export interface FilesToLoad {
  /** The target that the user named. */
  readonly given: Target | undefined;
  /** Whether the user named the database, by the flag or the configuration: the environment may name it by accident. */
  readonly databaseIsNamed: boolean;
  /** Says in one line what will be run, before a file that the user did not name is loaded. */
  readonly tell: (line: string) => void;
}

/** What a run is recorded with. */
export interface RecordedTarget {
  readonly strategy: string;
  readonly file: string;
}

/** Whether a target is the one that a run is recorded with: by its file, or where that is gone, by its name. */
export function isRecorded({ name, file = '' }: Target, recorded: RecordedTarget): boolean {
  if (resolve(file) === recorded.file) return true;
  return name === recorded.strategy && !existsSync(recorded.file);
}

/**
 * Loads the target that a run is recorded with.
 *
 * @param main the database that the command was given
 * @param line what will be run, given the file
 * @param otherwise what else is accepted where it cannot be loaded, after `--strategy FILE`
 * @throws UsageError when its file is gone or wrong, the one that is given is another target's, or its code would run
 *   where the user did not say
 */
export async function loadRecorded(
  main: Database,
  recorded: RecordedTarget,
  { given, databaseIsNamed, tell }: FilesToLoad,
  line: (file: string) => string,
  otherwise = '',
): Promise<Target> {
  if (!main.embedded && !databaseIsNamed) throw notTaken(main, recorded);
  if (given !== undefined && !isRecorded(given, recorded)) throw isAnother(given, recorded, otherwise);
  const file = given === undefined ? recorded.file : resolve(given.file ?? '');
  tell(line(file));
  if (given !== undefined) return given;
  try {
    return await resolveTarget(file, false);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const isGone = !existsSync(recorded.file);
    const accepted = `${isGone ? `--strategy FILE, where target ${recorded.strategy} is now` : 'that file, once it is mended'}${otherwise}`;
    throw new UsageError(error.code, `${error.message}; accepted: ${accepted}`, { cause: error });
  }
}

function isAnother(given: Target, { strategy, file }: RecordedTarget, otherwise: string): UsageError {
  const isThere = existsSync(file);
  const accepted = isThere ? 'no --strategy' : `--strategy FILE, of the name ${strategy}`;
  return new UsageError(
    'another_target',
    `its target is ${strategy} of ${quote(file)}, ${isThere ? 'which is there' : 'which is gone'}, and not ` +
      `${given.name} of ${quote(given.file ?? '')}; accepted: ${accepted}${otherwise}`,
  );
}

function notTaken({ address: { source } }: Database, { strategy }: RecordedTarget): UsageError {
  return new UsageError(
    'database_not_named',
    `${source} of the environment is not taken to run the code of a target (${strategy}); ` +
      'accepted: --database-url, or databaseUrlVariable of the configuration',
  );
}
