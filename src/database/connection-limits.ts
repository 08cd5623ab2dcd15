import type { ClientBase } from 'pg';
import { InfrastructureError } from '../domain/errors.js';
import { loadStatement } from './statement.js';

const LIMITS = loadStatement('database/connection-limits');

interface Limit {
  readonly name: string;
  readonly most: number;
  readonly reserved: number;
  readonly used: number;
}

/**
 * Makes sure that the server has room for connections, this one among them.
 *
 * @param needed how many
 * @throws InfrastructureError with the figures of the limit that leaves the fewest
 */
export async function requireConnections(client: ClientBase, needed: number): Promise<void> {
  const { rows } = await client.query<Limit>(LIMITS.text);
  const free = ({ most, reserved, used }: Limit) => Math.max(0, most - reserved - used);
  const tightest = rows.reduce((found, limit) => (free(limit) < free(found) ? limit : found));
  if (free(tightest) >= needed) return;
  const { name, most, reserved, used } = tightest;
  const kept = reserved > 0 ? `, ${reserved} kept for others` : '';
  throw new InfrastructureError(
    'too_few_connections',
    `the load needs ${needed} connections, but ${free(tightest)} are free of ${name} = ${most} (${used} in use${kept}); ` +
      'give fewer --workers or --connections, or raise it',
  );
}
