import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { packageFile } from '../../base/package-files.js';
import { escapeInvisible, quote } from '../../base/wording.js';
import { UsageError } from '../../domain/errors.js';
import { ID_FORMS, PLACES } from '../../domain/promises.js';
import type { TargetDefinition } from '../../target/definition.js';
import type { Description } from './messages.js';
import { nameOfFile } from './path.js';

/**
 * Loads the target that a file's default export defines. The file is code: types are stripped and not checked,
 * `els-assign` is this package, and `pg` is this package's copy where the file finds none of its own.
 *
 * Only processes that may run foreign code call it: workers, and the host.
 *
 * @throws UsageError `invalid_target` in one line, when the file cannot be loaded or its default export is no target
 */
export async function loadDefinition(path: string): Promise<TargetDefinition> {
  const file = resolve(path);
  const alias = { 'els-assign': fileURLToPath(packageFile('dist/index.js')), ...driverFor(file) };
  const jiti = createJiti(pathToFileURL(file).href, { alias, fsCache: false, interopDefault: false });
  let loaded: unknown;
  try {
    loaded = await jiti.import(file);
  } catch (error) {
    throw refusal(path, `cannot be loaded: ${firstLine(error)}`, error);
  }
  const definition = (loaded as { default?: unknown } | null)?.default;
  const complaint = complaintAbout(definition);
  if (complaint !== undefined) throw refusal(path, complaint);
  return definition as TargetDefinition;
}

/** What a definition says of its target. */
export function describeDefinition(definition: TargetDefinition, path: string): Description {
  const { name, promises, places, ids, audits, setup, assignments, remove } = definition;
  return {
    name: name ?? nameOfFile(path),
    promises: {
      idempotent: promises?.idempotent ?? true,
      truthfulNoSlot: promises?.truthfulNoSlot ?? true,
    },
    promisesAssumed: promises === undefined,
    places: places ?? 'named',
    ids: { batch: ids?.batch ?? 'text', content: ids?.content ?? 'text' },
    hasSetup: setup !== undefined,
    hasAssignments: assignments !== undefined,
    hasRemove: remove !== undefined,
    audits: Object.keys(audits ?? {}),
  };
}

/** This package's driver, for a file that is not in a project with one. */
function driverFor(file: string): Record<string, string> {
  try {
    createRequire(file).resolve('pg');
    return {};
  } catch {
    return { pg: createRequire(import.meta.url).resolve('pg') };
  }
}

function refusal(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError('invalid_target', `target file ${quote(path)}: ${escapeInvisible(why)}`, { cause });
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? text).trim();
}

const REQUIRED = ['register', 'open'];
const OPTIONAL = ['setup', 'assignments', 'remove'];
const DATA = ['name', 'promises', 'places', 'ids', 'audits'];

/** What is wrong about a default export, for the end of a sentence that begins with the file; undefined: nothing. */
function complaintAbout(definition: unknown): string | undefined {
  if (definition === undefined)
    return 'it has no default export; accepted: export default defineTarget({ … })';
  if (typeof definition !== 'object' || definition === null) {
    return 'its default export is no object; accepted: export default defineTarget({ … })';
  }
  const given = definition as Readonly<Record<string, unknown>>;
  const known = [...REQUIRED, ...OPTIONAL, ...DATA];
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown !== undefined) return `it has the field ${quote(unknown)}; accepted are ${known.join(', ')}`;
  for (const field of REQUIRED) {
    if (typeof given[field] !== 'function') return `it has no function ${field}`;
  }
  for (const field of OPTIONAL) {
    if (given[field] !== undefined && typeof given[field] !== 'function') return `${field} is no function`;
  }
  return complaintAboutData(given);
}

function complaintAboutData(given: Readonly<Record<string, unknown>>): string | undefined {
  const { name, promises, places, ids, audits } = given;
  if (name !== undefined && (typeof name !== 'string' || !/^[^\p{Cc}\p{Zl}\p{Zp},]{1,63}$/u.test(name))) {
    return 'name must be one line of 1 to 63 characters without a comma';
  }
  if (places !== undefined && !PLACES.some((each) => each === places)) {
    return `places is ${JSON.stringify(places)}; accepted are ${PLACES.join(', ')}`;
  }
  return (
    complaintAboutFields('promises', promises, ['idempotent', 'truthfulNoSlot'], (value) =>
      typeof value === 'boolean' ? undefined : 'accepted are true and false',
    ) ??
    complaintAboutFields('ids', ids, ['batch', 'content'], (value) =>
      ID_FORMS.some((form) => form === value) ? undefined : `accepted are ${ID_FORMS.join(', ')}`,
    ) ??
    complaintAboutFields('audits', audits, undefined, (value) =>
      typeof value === 'function' ? undefined : 'accepted is a function',
    )
  );
}

function complaintAboutFields(
  what: string,
  given: unknown,
  known: readonly string[] | undefined,
  complain: (value: unknown) => string | undefined,
): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null) return `${what} is no object`;
  for (const [field, value] of Object.entries(given)) {
    if (known && !known.includes(field))
      return `${what} has ${quote(field)}; accepted are ${known.join(', ')}`;
    const complaint = value === undefined ? undefined : complain(value);
    if (complaint !== undefined) return `${what}.${field} is ${String(value)}; ${complaint}`;
  }
  return undefined;
}
