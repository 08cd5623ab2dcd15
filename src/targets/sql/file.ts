import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse, type ParseError } from 'jsonc-parser';
import * as z from 'zod';
import { readTextFile } from '../../base/read-text.js';
import { reasonOf } from '../../base/system-error.js';
import { describeGiven, didYouMean, quote } from '../../base/wording.js';
import { bareSql, splitSql } from '../../database/sql-text.js';
import { toStatement, type Statement } from '../../database/statement.js';
import { UsageError } from '../../domain/errors.js';
import { ID_FORMS, PLACES, promisesOf } from '../../domain/promises.js';
import { TARGET_NAME, TARGET_NAME_ACCEPTED } from '../own-schema.js';

/** The ending of a target file. */
const ENDING = '.target.json';

/** Whether a path names a target file, by its ending. */
export function isTargetFilePath(path: string): boolean {
  return path.endsWith(ENDING);
}

// Every `error` says what is accepted; descriptions are shown by editors.

const PATH = 'the path of a SQL file, from this file on';

const path = z.string({ error: PATH }).min(1, { error: PATH });
const flag = z.boolean({ error: 'true or false' });
const idForm = z.enum(ID_FORMS, { error: ID_FORMS.join(', ') });

/** A target file, field by field; its JSON Schema is published. */
export const targetFileSchema = z.strictObject(
  {
    $schema: z.string({ error: 'a text' }).optional(),
    name: z
      .string({ error: TARGET_NAME_ACCEPTED })
      .regex(TARGET_NAME, { error: TARGET_NAME_ACCEPTED })
      .describe("How reports call it. Default: the file's name.")
      .optional(),
    promises: z
      .strictObject(
        {
          idempotent: flag.describe('A content never holds two slots of a batch.').optional(),
          truthfulNoSlot: flag.describe('no_slot is said only while all slots are held.').optional(),
        },
        { error: 'an object with idempotent and truthfulNoSlot' },
      )
      .describe('What its callers may rely on. Default: both.')
      .optional(),
    places: z
      .enum(PLACES, { error: PLACES.join(', ') })
      .describe('Whether answers name the slot that was given.')
      .optional(),
    ids: z
      .strictObject(
        { batch: idForm.optional(), content: idForm.optional() },
        { error: 'an object with batch and content' },
      )
      .describe('What ids of batches and contents look like. Default: text.')
      .optional(),
    setup: path.describe('Statements that make the schema; harmless when repeated.').optional(),
    contents: path.describe('Makes those who ask: binds :content_ids, in chunks.').optional(),
    register: path.describe('Makes a batch: binds :batch_id :slots; may return slot_id, ref.'),
    sql: path.describe('A call: binds :batch_id :content_id :call_id; one row (slot_id, outcome).'),
    assignments: path.describe('Binds :batch_ids; returns batch_id, slot_id, content_id.').optional(),
    remove: path.describe('Binds :batch_ids; removes what register made.').optional(),
    audits: path.describe('A file, or audits/*.sql: binds :batch_ids; each row is a violation.').optional(),
  },
  { error: 'an object with the fields of a target' },
);

const { shape } = targetFileSchema;
/** The fields that there are, of the file and of the objects in it. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(shape),
  promises: Object.keys(shape.promises.unwrap().shape),
  ids: Object.keys(shape.ids.unwrap().shape),
};

/** The JSON Schema of a target file, for editors; what is published is schema/target.schema.json. */
export function targetJsonSchema(): unknown {
  return { title: 'name.target.json', ...z.toJSONSchema(targetFileSchema, { io: 'input' }) };
}

/** The binds that each statement may name. */
const BINDS = {
  contents: ['content_ids'],
  register: ['batch_id', 'slots'],
  sql: ['batch_id', 'content_id', 'call_id'],
  assignments: ['batch_ids'],
  remove: ['batch_ids'],
  audits: ['batch_ids'],
} as const;

/** A target that is made of statements. */
export interface SqlDefinition {
  readonly path: string;
  readonly name: string;
  readonly promises: { readonly idempotent: boolean; readonly truthfulNoSlot: boolean };
  /** Whether the file says nothing of them. */
  readonly promisesAssumed: boolean;
  readonly places: (typeof PLACES)[number];
  readonly ids: { readonly batch: (typeof ID_FORMS)[number]; readonly content: (typeof ID_FORMS)[number] };
  /** Text of statements, which may be several; undefined: there is nothing to set up. */
  readonly setup: string | undefined;
  readonly contents: Statement | undefined;
  readonly register: Statement;
  readonly claim: Statement;
  readonly assignments: Statement | undefined;
  readonly remove: Statement | undefined;
  /** By the names of their files. */
  readonly audits: Readonly<Record<string, Statement>>;
}

/**
 * Reads a target file and the SQL files that it names.
 *
 * @throws UsageError `invalid_target` that names the field, or the SQL file
 */
export async function readTargetFile(file: string): Promise<SqlDefinition> {
  const fields = parseFields(await textOf(file), file);
  const folder = dirname(file);
  const read = async (field: keyof typeof BINDS, named: string | undefined) =>
    named === undefined
      ? undefined
      : toChecked(file, field, join(folder, named), await sqlOf(file, field, join(folder, named)));
  const [contents, register, claim, assignments, remove] = await Promise.all([
    read('contents', fields.contents),
    read('register', fields.register),
    read('sql', fields.sql),
    read('assignments', fields.assignments),
    read('remove', fields.remove),
  ]);
  if (register === undefined || claim === undefined) throw new Error('register and sql are required');
  const { promises, ids } = fields;
  return {
    ...{ path: file, name: fields.name ?? basename(file, ENDING), places: fields.places ?? 'named' },
    promises: promisesOf(promises),
    promisesAssumed: promises === undefined,
    ids: { batch: ids?.batch ?? 'text', content: ids?.content ?? 'text' },
    setup: fields.setup === undefined ? undefined : await sqlOf(file, 'setup', join(folder, fields.setup)),
    ...{ contents, register, claim, assignments, remove },
    audits: await readAudits(file, fields.audits),
  };
}

type Fields = z.output<typeof targetFileSchema>;

function parseFields(text: string, file: string): Fields {
  const errors: ParseError[] = [];
  const given = parse(text, errors, { allowTrailingComma: true }) as unknown;
  const [error] = errors;
  if (error !== undefined) {
    const before = text.slice(0, error.offset).split('\n');
    throw refusal(file, `line ${before.length} column ${(before.at(-1) ?? '').length + 1}: it is no JSON`);
  }
  const { success, data, error: problems } = targetFileSchema.safeParse(given, { reportInput: true });
  if (!success) throw refusal(file, problemOf(problems.issues));
  return data;
}

/** An unknown field first: it is often why another one is missing. */
function problemOf(issues: readonly z.core.$ZodIssue[]): string {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const where = issue?.path.map(String).join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const [field = ''] = issue.keys;
    const { [where]: known = [] } = FIELDS;
    const subject = where === '' ? 'unknown field' : `${where} has`;
    return `${subject} ${quote(field, 60)}${didYouMean(field, known)}; accepted: ${known.join(', ')}`;
  }
  return `${where === '' ? 'the file' : where} is ${describeGiven(issue?.input)}; accepted: ${issue?.message ?? ''}`;
}

async function textOf(file: string): Promise<string> {
  const read = await readTextFile(file);
  if ('problem' in read) throw refusal(file, read.problem);
  return read.text;
}

async function sqlOf(target: string, field: string, file: string): Promise<string> {
  const read = await readTextFile(file);
  if ('problem' in read) throw refusal(target, `${field}: ${quote(file)} cannot be read: ${read.problem}`);
  return read.text;
}

function toChecked(target: string, field: keyof typeof BINDS, file: string, sql: string): Statement {
  const where = `${field}: ${quote(file)}`;
  const known: readonly string[] = BINDS[field];
  for (const piece of splitSql(sql)) {
    if (piece.kind === 'text' || (piece.kind === 'bind' && known.includes(piece.name))) continue;
    const accepted = known.map((bind) => `:${bind}`).join(' ');
    throw refusal(target, `${where} names the bind ${quote(piece.name, 60)}; accepted are ${accepted}`);
  }
  const bare = bareSql(sql).toLowerCase();
  if (!/[^\s;]/.test(bare)) throw refusal(target, `${where} holds no statement`);
  const hiding = field === 'assignments' ? hidesRows(bare) : undefined;
  if (hiding !== undefined) {
    const problem = `has ${hiding} at its top level, which hides what is given twice`;
    throw refusal(target, `${where} ${problem}; accepted: a row for each slot or place that is taken`);
  }
  return toStatement(`target/${field}`, sql);
}

/** Words after which a parenthesis holds a whole query, and no part of one. */
const BEFORE_QUERY = /^(?:|\(|union|except|intersect|(?:union|except|intersect) all)$/;

/**
 * What of a query, or of those that it unites, leaves equal rows out; its subqueries may.
 *
 * @param bare in small letters, without comments and quoted text
 */
function hidesRows(bare: string): string | undefined {
  const whole: boolean[] = [];
  let [earlier, before] = ['', ''];
  for (const [word] of bare.matchAll(/[\w$\u0080-\uffff]+|\S/g)) {
    if (whole.every(Boolean)) {
      if (word === 'distinct' && before === 'select') return 'SELECT DISTINCT';
      if (before === 'union' && word !== 'all') return 'UNION without ALL';
    }
    if (word === '(') whole.push(BEFORE_QUERY.test(before === 'all' ? `${earlier} all` : before));
    if (word === ')') whole.pop();
    [earlier, before] = [before, word];
  }
  return undefined;
}

async function readAudits(target: string, pattern: string | undefined): Promise<Record<string, Statement>> {
  if (pattern === undefined) return {};
  const folder = join(dirname(target), dirname(pattern));
  const last = basename(pattern);
  const names = last === '*.sql' ? await sqlFilesOf(target, folder) : [last];
  const audits: Record<string, Statement> = {};
  for (const name of names) {
    const file = join(folder, name);
    const statement = toChecked(target, 'audits', file, await sqlOf(target, 'audits', file));
    audits[basename(name, '.sql')] = { ...statement, name: `target/audit/${basename(name, '.sql')}` };
  }
  return audits;
}

async function sqlFilesOf(target: string, folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw refusal(target, `audits: ${quote(folder)} cannot be read: ${reasonOf(error)}`);
  });
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  if (files.length === 0) throw refusal(target, `audits: ${quote(folder)} has no file that ends in .sql`);
  return files;
}

function refusal(file: string, problem: string): UsageError {
  return new UsageError('invalid_target', `target file ${quote(file)}: ${problem}`);
}
