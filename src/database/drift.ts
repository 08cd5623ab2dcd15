import { readFileSync } from 'node:fs';
import type { ClientBase } from 'pg';
import { packageFile } from '../base/package-files.js';
import { escapeInvisible } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import { atomically } from './atomic.js';
import { databaseFailure } from './failure.js';
import { bindValues, loadStatement } from './statement.js';

/**
 * What sql/schema.sql creates, part by part. It is a description of that file and made from it by `npm run schema`: a
 * fresh schema of a server is read by the same query that reads the user's, and a test holds the two against each other
 * on each version of PostgreSQL. To create sql/schema.sql anew beside the user's schema and compare would need no such
 * file, but a privilege that a role for loads or for reading does not have (CREATE, or TEMPORARY), a server that can
 * write, which a standby cannot, and some 30 ms and dead rows of the catalogue for each command.
 */
const EXPECTED = JSON.parse(readFileSync(packageFile('sql/schema.json'), 'utf8')) as readonly Part[];

const DESCRIBE = loadStatement('database/describe-schema');

/** A part of a schema: see sql/database/describe-schema.sql. */
interface Part {
  readonly kind:
    'type' | 'table' | 'column' | 'NOT NULL' | 'default' | 'constraint' | 'index' | 'trigger' | 'rule';
  /** The table that it is a part of. */
  readonly relation?: string | null;
  readonly name: string;
  readonly definition: string;
  /** Statements that create it. */
  readonly create: string;
}

/** A part of a schema that is there. */
interface FoundPart extends Part {
  /** A statement that removes it without losing a row; null where there is none. */
  readonly drop: string | null;
  /** Whether it may refuse or change the tool's rows where the tool did not make it. */
  readonly harmful: boolean;
}

/** Where a schema is not as sql/schema.sql makes it. */
interface Difference {
  readonly expected: Part | undefined;
  readonly found: FoundPart | undefined;
}

/** What a command needs of the schema: all of it to put loads on it, or what it reads. */
export type Need = 'all' | 'columns';

/** What became of the differences that `setup` found, one line each. */
export interface Mending {
  readonly mended: readonly string[];
  /** What it could not mend without losing something, and why. */
  readonly left: readonly string[];
}

/** The tables that sql/schema.sql creates. */
export const TABLES: readonly string[] = EXPECTED.filter(({ kind }) => kind === 'table').map(
  ({ name }) => name,
);

/** Differences that are named, at most. */
const MOST_LINES = 10;

/**
 * Makes sure that a schema of the tool is as sql/schema.sql makes it. What the user added and what cannot refuse or
 * change the tool's rows is allowed: tables, columns that may be null or have a default, indexes that are not unique.
 *
 * @param client whose search_path is the schema, in a transaction
 * @param need `columns`: only missing tables and columns count
 * @param remedy what the user can do, where `els-assign setup` does not reach the schema
 * @throws UsageError `schema_drift` that names every difference and the remedy
 */
export async function requireNoDrift(
  client: ClientBase,
  schema: string,
  need: Need,
  remedy = bySetup(schema),
): Promise<void> {
  const differences = reported(await compare(client, schema)).filter(
    ({ expected, found }) =>
      need === 'all' || (found === undefined && (expected?.kind === 'table' || expected?.kind === 'column')),
  );
  if (differences.length > 0) throw driftError(schema, differences.map(describe), remedy);
}

function bySetup(schema: string): string {
  const setup = `els-assign setup --schema ${JSON.stringify(schema)}`;
  return `${setup} mends what it can without losing a row; ${setup} --reset creates all anew and loses what is in it`;
}

/**
 * @param differences one each
 * @param remedy what the user can do
 */
export function driftError(schema: string, differences: readonly string[], remedy: string): UsageError {
  const lines = differences.map((line) => escapeInvisible(line.replace(/\s*\n\s*/g, ' ')));
  const what = lines.length === 1 ? '1 difference' : `${lines.length} differences`;
  const more = lines.length > MOST_LINES ? [`  … and ${lines.length - MOST_LINES} more`] : [];
  return new UsageError(
    'schema_drift',
    `schema ${JSON.stringify(schema)} is not as els-assign setup makes it, ${what}: ${lines[0]}; ${remedy}`,
    { below: [...lines.slice(0, MOST_LINES).map((line) => `  ${line}`), ...more] },
  );
}

/**
 * Mends a schema of the tool as far as that loses nothing: creates what is missing, and makes defaults, constraints and
 * indexes anew that differ. Each part by itself: one that cannot be mended leaves the others mended.
 *
 * @param client whose search_path is the schema, in a transaction
 * @throws pg.DatabaseError when the connection is lost
 */
export async function mendSchema(client: ClientBase, schema: string): Promise<Mending> {
  const before = await compare(client, schema);
  if (before.length === 0) return { mended: [], left: [] };
  const reasons = new Map<string, string>();
  for (const difference of before) {
    const reason = await mend(client, difference);
    if (reason !== undefined) reasons.set(keyOf(difference), reason);
  }
  const after = await compare(client, schema);
  const left = new Set(after.map(keyOf));
  return {
    mended: reported(before.filter((difference) => !left.has(keyOf(difference)))).map(describeMended),
    left: reported(after).map((each) =>
      [describe(each), reasons.get(keyOf(each))].filter((part) => part !== undefined).join('; '),
    ),
  };
}

/** @returns why it could not be mended; undefined where it was, or where the tool has no way to mend it */
async function mend(client: ClientBase, { expected, found }: Difference): Promise<string | undefined> {
  if (expected === undefined) return undefined;
  const drop = found?.drop;
  if (found !== undefined && !drop) return undefined;
  try {
    return await atomically(client, async () => {
      if (found === undefined && (await losesValues(client, expected))) return LOST;
      if (drop) await client.query(drop);
      await client.query(expected.create);
      return undefined;
    });
  } catch (error) {
    const failure = databaseFailure(error);
    if (failure === undefined || failure.kind === 'connection') throw error;
    return (error as Error).message;
  }
}

const LOST = 'what it held is lost: made anew it would say of rows that are there what nobody knows';

/** Whether a missing column had values: to make it anew, empty or with its default, would take slots for free. */
async function losesValues(client: ClientBase, { kind, relation }: Part): Promise<boolean> {
  if (kind !== 'column' || !relation) return false;
  const { rows } = await client.query<{ holdsRows: boolean }>(
    loadStatement('database/holds-rows', { table: relation }).text,
  );
  return rows[0]?.holdsRows ?? false;
}

async function compare(client: ClientBase, schema: string): Promise<Difference[]> {
  const { rows } = await client.query<FoundPart>(DESCRIBE.text, bindValues(DESCRIBE, { schema }));
  const found = new Map(rows.map((part) => [partKey(part), part]));
  const expected = new Map(EXPECTED.map((part) => [partKey(part), part]));
  const changed = EXPECTED.map((part) => ({ expected: part, found: found.get(partKey(part)) })).filter(
    (each) => each.found?.definition !== each.expected.definition,
  );
  const foreign = rows
    .filter((part) => part.harmful && !expected.has(partKey(part)) && isOnOurs(part, expected))
    .map((part) => ({ expected: undefined, found: part }));
  return [...changed, ...foreign];
}

function partKey({ kind, relation, name }: Part): string {
  return JSON.stringify([kind, relation ?? null, name]);
}

function keyOf({ expected, found }: Difference): string {
  const part = expected ?? found;
  if (part === undefined) throw new Error('a difference is of a part that is expected or found');
  return partKey(part);
}

/** The part that a part belongs to and goes with: a column, or a table. */
function ownerKey(part: Part): string | undefined {
  const { kind, relation } = part;
  if (!relation) return undefined;
  return kind === 'NOT NULL' || kind === 'default'
    ? partKey({ ...part, kind: 'column' })
    : partKey({ ...part, kind: 'table', relation: null, name: relation });
}

function isOnOurs(part: Part, expected: ReadonlyMap<string, Part>): boolean {
  const owner = ownerKey(part);
  return owner !== undefined && expected.has(owner);
}

/** Without what is missing because the table or the column that it belongs to is. */
function reported(differences: readonly Difference[]): Difference[] {
  const missing = new Set(differences.filter(({ found }) => found === undefined).map(keyOf));
  const isPartOfMissing = (part: Part): boolean => {
    const owner = ownerKey(part);
    return owner !== undefined && missing.has(owner);
  };
  return differences.filter(
    ({ expected, found }) => found !== undefined || !expected || !isPartOfMissing(expected),
  );
}

function describe({ expected, found }: Difference): string {
  if (expected === undefined)
    return `${labelOf(found)} is not the tool's, and may refuse or change its rows: ${found?.definition}; accepted: none, drop it`;
  if (found === undefined) return `${labelOf(expected)} is missing; accepted: ${expected.definition}`;
  return `${labelOf(expected)} is ${found.definition}; accepted: ${expected.definition}`;
}

function describeMended({ expected, found }: Difference): string {
  const label = labelOf(expected);
  if (found !== undefined) return `${label} made anew: it was ${found.definition}`;
  return `${label} created`;
}

function labelOf(part: Part | undefined): string {
  const { kind, relation, name } = part ?? {};
  if (kind === 'column') return `column ${relation}.${name}`;
  if (kind === 'NOT NULL' || kind === 'default') return `${kind} of column ${relation}.${name}`;
  return relation ? `${kind} ${name} of ${relation}` : `${kind} ${name}`;
}
