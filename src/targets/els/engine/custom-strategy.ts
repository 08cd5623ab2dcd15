import type { ClientBase } from 'pg';
import { readTextFile } from '../../../base/read-text.js';
import { quote } from '../../../base/wording.js';
import { serverError } from '../../../database/failure.js';
import type { Column } from '../../../database/protocol.js';
import { prepare } from '../../../database/session.js';
import { splitSql } from '../../../database/sql-text.js';
import type { Inventory } from './assignment.js';
import { UsageError } from '../../../domain/errors.js';
import { customStatement } from './create-strategy.js';
import { ASSIGNMENT_BINDS } from './documents.js';
import type { StrategySpec } from './strategy.js';

type CustomSpec = Extract<StrategySpec, { kind: 'custom' }>;

const FIRST_LINE = /^-- inventory: (slots|essays)[ \t]*\r?\n/;

/** Type OIDs that a result column may have: text, varchar. */
const TEXT_TYPES = [25, 1043];

/**
 * Reads a custom strategy's file and checks what can be checked without a database.
 *
 * @param path of the SQL file
 * @throws UsageError when it cannot be read, is not text, lacks its first line or names an unknown bind
 */
export async function readCustomStrategy(path: string): Promise<CustomSpec> {
  const file = await readTextFile(path);
  if ('problem' in file) throw refusal(path, `cannot be read: ${file.problem}`);
  const { text: sql } = file;
  const inventory = FIRST_LINE.exec(sql)?.[1] as Inventory | undefined;
  if (inventory === undefined) {
    throw refusal(path, 'its first line must be "-- inventory: slots" or "-- inventory: essays"');
  }
  for (const piece of splitSql(sql)) {
    if (piece.kind === 'text' || (piece.kind === 'bind' && ASSIGNMENT_BINDS.includes(piece.name))) continue;
    const accepted = ASSIGNMENT_BINDS.map((bind) => `:${bind}`).join(' ');
    throw refusal(path, `it names the bind ${quote(piece.name, 60)}; accepted are ${accepted}`);
  }
  return { kind: 'custom', name: path, inventory, sql };
}

/**
 * Lets PostgreSQL prepare a custom strategy, and checks what it returns. Nothing is executed.
 *
 * @param client whose search_path is the tool's schema
 * @throws UsageError when PostgreSQL cannot prepare it, or when it does not return (essay_id text, outcome text)
 */
export async function checkCustomStrategy(client: ClientBase, spec: CustomSpec): Promise<void> {
  const columns = await prepareOrRefuse(client, spec);
  const fits =
    columns.map((column) => column.name).join() === 'essay_id,outcome' &&
    columns.every((column) => TEXT_TYPES.includes(column.dataTypeID));
  if (!fits) {
    const found = columns.map((column) => column.name).join(', ') || 'no columns';
    throw refusal(
      spec.name,
      `it must return the columns (essay_id text, outcome text), but returns ${found}`,
    );
  }
}

async function prepareOrRefuse(client: ClientBase, spec: CustomSpec): Promise<Column[]> {
  const statement = customStatement(spec);
  try {
    // Unnamed: the same connection may check the same file again.
    return await prepare(client, [{ ...statement, name: '' }]);
  } catch (error) {
    const sent = serverError(error);
    if (sent === undefined) throw error;
    const line = statement.text.slice(0, Number(sent.position ?? 0)).split('\n').length;
    throw refusal(spec.name, `PostgreSQL cannot prepare it: ${sent.message} (near line ${line})`, error);
  }
}

function refusal(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError('invalid_strategy', `strategy file ${path}: ${why}`.replace(/\s*\n\s*/g, ' '), {
    cause,
  });
}
