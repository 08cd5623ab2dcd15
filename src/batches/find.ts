import type { ClientBase } from 'pg';
import { loadStatement } from '../database/statement.js';

const ALL = loadStatement('batches/all');
const ACTIVE_SESSIONS = loadStatement('database/active-sessions');

/** The ids of all batches of the schema. */
export async function findBatches(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ batchId: string }>(ALL.text);
  return rows.map((row) => row.batchId);
}

/** How many other sessions of this database have a transaction under way that may write. */
export async function countActiveSessions(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ sessions: number }>(ACTIVE_SESSIONS.text);
  return rows[0]?.sessions ?? 0;
}
