import { fileURLToPath } from 'node:url';
import { bindValues, loadStatement } from '#els/database/statement.js';

/** Where the description of sql/schema.sql is kept. */
export const DESCRIPTION = fileURLToPath(new URL('../../sql/schema.json', import.meta.url));

const DESCRIBE = loadStatement('database/describe-schema');

/**
 * What sql/schema.sql creates, as text of sql/schema.json.
 *
 * @param {import('pg').ClientBase} client whose search_path is the schema
 * @param {string} schema that `setup` has just created
 */
export async function describeFresh(client, schema) {
  const { rows } = await client.query(DESCRIBE.text, bindValues(DESCRIBE, { schema }));
  const parts = rows.map(({ kind, relation, name, definition, create }) => ({
    kind,
    ...(relation !== null && { relation }),
    name,
    definition,
    create,
  }));
  return `${JSON.stringify(parts, null, 2)}\n`;
}
