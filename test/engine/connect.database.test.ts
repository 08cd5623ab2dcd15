import { expect, it } from 'vitest';
import { createPool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase } from '../support/database.js';

const db = useDatabase();

it.each(['legacy', 'cte', 'inventory'] as const)(
  'opens, prepares and plans %s on every connection, executes nothing, and serves calls then',
  async (name) => {
    const inventory = name === 'inventory' ? 'essays' : 'slots';
    await db.register({ batchId: name, slots: 2, inventory });
    const address = withConnectionString('--database-url', db.url);
    const applicationName = `connect ${name}`;
    const pool = createPool(address, { connections: 3, applicationName });
    const options = { schema: db.schema, strategy: { kind: 'built-in', name }, advisoryLocks: true } as const;
    const engine = createAssignmentEngine(pool, options);
    await engine.connect(3);
    expect(pool.totalCount).toBe(3);
    const planned = await pool.query<{ plans: number; names: number }>(
      'select sum(generic_plans + custom_plans)::integer as plans, count(*)::integer as names from pg_prepared_statements',
    );
    expect(planned.rows[0]?.names).toBeGreaterThan(3);
    expect(planned.rows[0]?.plans).toBeGreaterThanOrEqual(planned.rows[0]?.names ?? NaN);
    expect(engine.counters).toEqual({ roundTrips: 0, completionLooks: 0, retriesByCode: {} });
    expect(await db.query('select 1 from event_outbox where event_key like $1', [`${name}-e%`])).toEqual([]);
    const locked = await db.query(
      'select 1 from pg_locks join pg_stat_activity using (pid) where locktype = $1 and application_name = $2',
      ['advisory', applicationName],
    );
    expect(locked).toEqual([]);
    expect(await engine.assign(requestFor(name, 'one'))).toMatchObject({ outcome: 'created' });
    await engine.close();
    await pool.end();
  },
);
