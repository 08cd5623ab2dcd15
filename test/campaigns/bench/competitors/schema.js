import { withClient } from '#els/database/on-pool.js';
import { checkpoint } from '#els/database/environment.js';
import { benchStatement } from '../bench-sql.js';

/** Removes what a competitor's earlier round left. */
export async function dropSchema({ database: { pool } }, schema) {
  await withClient(pool, (client) => client.query(benchStatement('drop-schema', { schema }).text));
}

/** What the tool's own runs do between registration and load. */
export async function settle({ database: { pool } }) {
  await withClient(pool, async (client) => {
    await client.query(benchStatement('analyze-all').text);
    await checkpoint(client);
  });
}
