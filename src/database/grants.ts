import type { ClientBase } from 'pg';
import { UsageError } from '../domain/errors.js';
import { isForbidden } from './failure.js';
import { bindValues, loadStatement } from './statement.js';

/** What a role is let do: put loads on the tables and all that belongs to it, or look at them. */
export type Access = 'run' | 'read';

/** The flag of `setup` that grants it. */
const FLAGS: Readonly<Record<Access, string>> = { run: '--grant', read: '--grant-read' };

const STATEMENTS: Readonly<Record<Access, readonly string[]>> = {
  run: ['grants/schema', 'grants/read', 'grants/change', 'grants/append'],
  read: ['grants/schema', 'grants/read'],
};

const FIND_ROLE = loadStatement('grants/find-role');
const MISSING = loadStatement('grants/missing');

interface Missing {
  readonly role: string;
  readonly privileges: string;
  readonly object: string;
}

/**
 * Grants a role what it needs and nothing else.
 *
 * @returns the statements that were executed
 * @throws UsageError when there is no such role, or the session's own may not grant
 */
export async function grantAccess(
  client: ClientBase,
  schema: string,
  role: string,
  access: Access,
): Promise<string[]> {
  const { rows } = await client.query<{ knowsMaintain: boolean }>(
    FIND_ROLE.text,
    bindValues(FIND_ROLE, { role }),
  );
  if (rows[0] === undefined) throw unknownRole(role, access);
  const maintain = access === 'run' && rows[0].knowsMaintain ? ['grants/maintain'] : [];
  const statements = [...STATEMENTS[access], ...maintain].map(
    (path) => loadStatement(path, { schema, role }).text,
  );
  try {
    for (const statement of statements) await client.query(statement);
  } catch (error) {
    throw isForbidden(error) ? mayNotGrant(schema, role, error) : error;
  }
  // A role that may grant some of it is warned, not refused.
  const missing = await findMissing(client, schema, role, access);
  if (missing.length > 0) throw mayNotGrant(schema, role);
  return statements.map(withoutComments);
}

/**
 * Makes sure that the session's role has what it needs.
 *
 * @throws UsageError that names what is missing, and the command that grants it
 */
export async function requireAccess(client: ClientBase, schema: string, access: Access): Promise<void> {
  const missing = await findMissing(client, schema, null, access);
  const [first] = missing;
  if (first === undefined) return;
  const lacks = missing.map(({ privileges, object }) => `${privileges} on ${object}`).join('; ');
  throw new UsageError(
    'missing_privilege',
    `role ${JSON.stringify(first.role)} lacks in schema ${JSON.stringify(schema)}: ${lacks}; ` +
      `the owner grants it with els-assign setup --schema ${JSON.stringify(schema)} ${FLAGS[access]} ${JSON.stringify(first.role)}`,
  );
}

async function findMissing(
  client: ClientBase,
  schema: string,
  role: string | null,
  access: Access,
): Promise<Missing[]> {
  return (await client.query<Missing>(MISSING.text, bindValues(MISSING, { schema, role, access }))).rows;
}

function unknownRole(role: string, access: Access): UsageError {
  return new UsageError(
    'unknown_role',
    `${FLAGS[access]} ${JSON.stringify(role)}: there is no such role; accepted: a role that create role made`,
  );
}

function mayNotGrant(schema: string, role: string, cause?: unknown): UsageError {
  return new UsageError(
    'not_owner',
    `this role may not grant privileges in schema ${JSON.stringify(schema)} to ${JSON.stringify(role)}; accepted: its owner`,
    { cause },
  );
}

function withoutComments(statement: string): string {
  return statement.replace(/^--.*\n/gm, '').trimEnd();
}
