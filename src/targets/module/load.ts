import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { createJiti } from 'jiti';
import { packageFile } from '../../base/package-files.js';
import { reasonOf } from '../../base/system-error.js';
import { describeGiven, didYouMean, escapeInvisible, quote } from '../../base/wording.js';
import { UsageError } from '../../domain/errors.js';
import { ID_FORMS, PLACES, promisesOf } from '../../domain/promises.js';
import type { TargetDefinition } from '../../target/definition.js';
import { TARGET_NAME, TARGET_NAME_ACCEPTED } from '../own-schema.js';
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
  await requireFile(file, path);
  const alias = { 'els-assign': fileURLToPath(packageFile('dist/index.js')), ...driverFor(file) };
  // With Node's own cache of modules, jiti 2.7 takes what is loaded already for a namespace: `pg` would have no default.
  const caches = { fsCache: false, moduleCache: false };
  const jiti = createJiti(pathToFileURL(file).href, { alias, ...caches, interopDefault: false });
  let loaded: unknown;
  try {
    loaded = await jiti.import(file);
  } catch (error) {
    throw refusal(path, problemOf(error), error);
  }
  const definition = defaultExportOf(loaded);
  const complaint = complaintAbout(definition);
  if (complaint !== undefined) throw refusal(path, complaint);
  return definition as TargetDefinition;
}

/** What a definition says of its target. */
export function describeDefinition(definition: TargetDefinition, path: string): Description {
  const { name, promises, places, ids, audits } = definition;
  return {
    name: name ?? nameOfFile(path),
    promises: promisesOf(promises),
    promisesAssumed: promises === undefined,
    places: places ?? 'named',
    ids: { batch: ids?.batch ?? 'text', content: ids?.content ?? 'text' },
    hasSetup: definition.setup !== undefined,
    hasAssignments: definition.assignments !== undefined,
    hasRemove: definition.remove !== undefined,
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

async function requireFile(file: string, path: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    throw refusal(path, reasonOf(error), error);
  });
  if (!found.isFile()) throw refusal(path, 'it is no file');
}

/** Of an ES module, of a CommonJS module that was one before it was transpiled, or all that a CommonJS module exports. */
function defaultExportOf(loaded: unknown): unknown {
  const exported = fieldsOf(loaded);
  if (!('default' in exported)) return isEsModule(loaded) || isEmpty(loaded) ? undefined : loaded;
  const inner = fieldsOf(exported['default']);
  return 'default' in inner ? inner['default'] : exported['default'];
}

function isEsModule(loaded: unknown): boolean {
  return types.isModuleNamespaceObject(loaded) || fieldsOf(loaded)['__esModule'] === true;
}

/** A CommonJS module that exports nothing. */
function isEmpty(loaded: unknown): boolean {
  return typeof loaded === 'object' && Object.keys(fieldsOf(loaded)).length === 0;
}

function fieldsOf(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
}

/** Where the loader found a mistake of syntax it says so at the end of the second line, with columns from 0. */
const PARSE_ERROR = /^ParseError: (?<what>.*?)\s*\n.*:(?<line>\d+):(?<column>\d+)/;

function problemOf(error: unknown): string {
  const { message } = fieldsOf(error);
  const words = [message, error].filter((each) => typeof each === 'string');
  const [text = `it throws ${error === undefined ? 'undefined' : describeGiven(error)}`] = words;
  const { what, line, column } = PARSE_ERROR.exec(text)?.groups ?? {};
  if (what !== undefined) return `line ${line} column ${Number(column) + 1}: ${what}`;
  return `cannot be loaded: ${(text.split('\n')[0] ?? text).trim()}`;
}

const REQUIRED = ['register', 'open'];
const OPTIONAL = ['setup', 'assignments', 'remove'];
const DATA = ['name', 'promises', 'places', 'ids', 'audits'];
const FIELDS = [...REQUIRED, ...OPTIONAL, ...DATA];

/** What is wrong about a default export, for the end of a sentence that begins with the file; undefined: nothing. */
function complaintAbout(definition: unknown): string | undefined {
  if (definition === undefined)
    return 'it has no default export; accepted: export default defineTarget({ … })';
  if (typeof definition !== 'object' || definition === null) {
    return 'its default export is no object; accepted: export default defineTarget({ … })';
  }
  const given = definition as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return `it has the field ${unknownField(unknown, FIELDS)}`;
  const missing = REQUIRED.find((field) => given[field] === undefined);
  if (missing !== undefined) return `it has no function ${missing}`;
  for (const field of [...REQUIRED, ...OPTIONAL]) {
    const value = given[field];
    if (value !== undefined && typeof value !== 'function') return complaint(field, value, ': a function');
  }
  return complaintAboutData(given);
}

function complaintAboutData(given: Readonly<Record<string, unknown>>): string | undefined {
  const { name, promises, places, ids, audits } = given;
  if (name !== undefined && (typeof name !== 'string' || !TARGET_NAME.test(name))) {
    return complaint('name', name, `: ${TARGET_NAME_ACCEPTED}`);
  }
  if (places !== undefined && !PLACES.some((each) => each === places)) {
    return complaint('places', places, ` are ${PLACES.join(', ')}`);
  }
  return (
    complaintAboutFields('promises', promises, ['idempotent', 'truthfulNoSlot'], (value) =>
      typeof value === 'boolean' ? undefined : ' are true and false',
    ) ??
    complaintAboutFields('ids', ids, ['batch', 'content'], (value) =>
      ID_FORMS.some((form) => form === value) ? undefined : ` are ${ID_FORMS.join(', ')}`,
    ) ??
    complaintAboutFields('audits', audits, undefined, (value) =>
      typeof value === 'function' ? undefined : ' is a function',
    )
  );
}

/**
 * @param known fields; undefined: any
 * @param acceptedBeside what is accepted where a value is not, after the word; undefined: the value is
 */
function complaintAboutFields(
  what: string,
  given: unknown,
  known: readonly string[] | undefined,
  acceptedBeside: (value: unknown) => string | undefined,
): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return complaint(what, given, ': an object');
  }
  for (const [field, value] of Object.entries(given)) {
    if (known && !known.includes(field)) return `${what} has ${unknownField(field, known)}`;
    const accepted = value === undefined ? undefined : acceptedBeside(value);
    if (accepted !== undefined) return complaint(`${what}.${bare(field)}`, value, accepted);
  }
  return undefined;
}

function complaint(what: string, value: unknown, accepted: string): string {
  return `${what} is ${describeGiven(value)}; accepted${accepted}`;
}

function unknownField(field: string, known: readonly string[]): string {
  return `${quote(field, 60)}${didYouMean(field, known)}; accepted are ${known.join(', ')}`;
}

/** Without quotation marks where it needs none. */
function bare(field: string): string {
  return /^[\w-]+$/.test(field) ? field : quote(field, 60);
}
