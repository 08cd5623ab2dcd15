import type { ClientBase } from 'pg';
import { bindValues, loadStatement } from './statement.js';

/** The settings of the server by which it ends a statement or a session, by the SQLSTATE that says so. */
export const TIMEOUTS: Readonly<Record<string, string>> = {
  '57014': 'statement_timeout',
  '55P03': 'lock_timeout',
  '25P03': 'idle_in_transaction_session_timeout',
  '25P04': 'transaction_timeout',
  '57P05': 'idle_session_timeout',
};

const READ = loadStatement('database/timeouts');

/**
 * Says of timeouts that struck what the server has set them to. One that the server leaves off, or sets to no less than
 * the tool's own lock_timeout, is not the server's: it was the tool's own, or somebody who cancelled a statement.
 *
 * @param struck how often, by SQLSTATE; other codes are passed over
 * @param lockTimeoutMs the tool's own
 * @returns a line each
 */
export async function explainTimeouts(
  client: ClientBase,
  struck: Readonly<Record<string, number>>,
  lockTimeoutMs: number,
): Promise<string[]> {
  const codes = Object.keys(struck).filter((code) => code in TIMEOUTS);
  if (codes.length === 0) return [];
  const values = bindValues(READ, { names: codes.map((code) => TIMEOUTS[code]) });
  const { rows } = await client.query<{ name: string; ms: number }>(READ.text, values);
  return codes.flatMap((code) => {
    const set = rows.find(({ name }) => name === TIMEOUTS[code]);
    const isOwn = set?.name === 'lock_timeout' && set.ms >= lockTimeoutMs;
    return set && !isOwn
      ? [`${code} struck ${struck[code]} times: the server sets ${set.name} to ${set.ms} ms`]
      : [];
  });
}
