import pg from 'pg';
import type { Step } from '../database/protocol.js';
import { bindValues, type Statement } from '../database/statement.js';

/** Names of the types that statements declare for their parameters; 0: PostgreSQL infers it. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'unknown',
  20: 'bigint',
  25: 'text',
  3802: 'jsonb',
};

/** A prepared statement as psql prepares it: the same text under the same name. */
export function prepareSql({ name, text, parameterTypes }: Statement): string {
  const types = parameterTypes.map((oid) => TYPE_NAMES[oid] ?? 'unknown').join(', ');
  return `PREPARE ${pg.escapeIdentifier(name)} (${types}) AS\n${text.trimEnd()};`;
}

/** A step as psql runs it: the prepared statement with its values, or the text itself where it has none. */
export function executeSql({ statement, values }: Step): string {
  if (!isPrepared(statement)) return `${withoutComments(statement.text)};`;
  const literals = bindValues(statement, values).map((value) =>
    value === null ? 'null' : pg.escapeLiteral(value),
  );
  return `EXECUTE ${pg.escapeIdentifier(statement.name)} (${literals.join(', ')});`;
}

/** Whether psql can and need prepare it: begin, commit and rollback it cannot. */
export function isPrepared({ binds }: Statement): boolean {
  return binds.length > 0;
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim();
}
