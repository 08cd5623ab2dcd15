import type { AssignCall, OpenSettings } from 'els-assign';
import pg from 'pg';

/** An instance that makes each call on a connection of its own, outside any transaction. */
export function onPool<Claimed>(
  { connectionString, connections }: OpenSettings,
  claim: (client: pg.PoolClient, call: AssignCall) => Promise<Claimed>,
) {
  const pool = new pg.Pool({ connectionString, max: connections });
  // Without listeners a connection that breaks ends the process, idle or at work.
  pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
  return {
    async assign(call: AssignCall) {
      const client = await pool.connect();
      try {
        return await claim(client, call);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
