import type { ClientBase } from 'pg';
import { quote } from '../../base/wording.js';
import { serverError } from '../../database/failure.js';
import { prepare } from '../../database/session.js';
import type { Statement } from '../../database/statement.js';
import { UsageError } from '../../domain/errors.js';
import type { SqlDefinition } from './file.js';

/**
 * Has the server prepare each statement of a target file, and looks at what they return. Nothing is executed.
 *
 * @param client whose transaction sees the target's schema
 * @throws UsageError `invalid_target` that names the field
 */
export async function checkStatements(client: ClientBase, definition: SqlDefinition): Promise<void> {
  const { path, places, contents, register, claim, assignments, remove, audits } = definition;
  const slot = places === 'named' ? ['slot_id'] : [];
  const checks: readonly (readonly [
    field: string,
    statement: Statement | undefined,
    columns: readonly string[],
  ])[] = [
    ['contents', contents, []],
    ['register', register, []],
    ['sql', claim, [...slot, 'outcome']],
    ['assignments', assignments, ['batch_id', ...slot, 'content_id']],
    ['remove', remove, []],
    ...Object.entries(audits).map(([name, audit]) => [`audits: ${name}`, audit, []] as const),
  ];
  for (const [field, statement, needed] of checks) {
    if (statement === undefined) continue;
    const refuse = (why: string, cause?: unknown) =>
      new UsageError(
        'invalid_target',
        `target file ${quote(path)}: ${field}: ${why}`.replace(/\s*\n\s*/g, ' '),
        { cause },
      );
    const found = await columnsOf(client, statement, refuse);
    const missing = needed.find((column) => !found.includes(column));
    if (missing === undefined) continue;
    const returned = found.length > 0 ? found.join(', ') : 'nothing';
    throw refuse(`it returns no column ${missing}, but ${returned}; accepted: ${needed.join(', ')}`);
  }
}

async function columnsOf(
  client: ClientBase,
  statement: Statement,
  refuse: (why: string, cause: unknown) => UsageError,
): Promise<string[]> {
  try {
    // Unnamed: it is there until the next one is prepared.
    return (await prepare(client, [{ ...statement, name: '' }])).map(({ name }) => name);
  } catch (error) {
    const sent = serverError(error);
    if (sent === undefined) throw error;
    const line = statement.text.slice(0, Number(sent.position ?? 0)).split('\n').length;
    throw refuse(`PostgreSQL cannot prepare it: ${sent.message} (near line ${line})`, error);
  }
}
