import type { ClientBase } from 'pg';
import { loadStatement } from './statement.js';

const ACTIVE_SESSIONS = loadStatement('database/active-sessions');

/** How many other sessions of this database have a transaction under way that may write. */
export async function countActiveSessions(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ sessions: number }>(ACTIVE_SESSIONS.text);
  return rows[0]?.sessions ?? 0;
}
