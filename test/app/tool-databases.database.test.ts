import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '#els/app/database.js';
import { readRuns } from '#els/app/held-runs.js';
import { withPlaces } from '#els/app/target-places.js';
import { databaseNameOf } from '#els/app/tool-databases.js';
import { verifyTarget } from '#els/app/verify-target.js';
import { withConnectionString } from '#els/database/address.js';
import { coordinatorPool } from '#els/database/coordinator-pool.js';
import { UsageError } from '#els/domain/errors.js';
import { resolveTarget } from '#els/targets/resolve.js';
import type { Target } from '#els/target/target.js';
import { useOwnDatabase } from '../cli/own-database.js';

// A database of the tool's own server that is not as it should be keeps no other from being looked into.

const own = useOwnDatabase();
const example = (path: string) => fileURLToPath(new URL(`../../docs/examples/${path}`, import.meta.url));
const targets: Target[] = [];
let main: Database;

/** Works as an embedded server does: each target has a database of its own there. */
beforeAll(async () => {
  const address = withConnectionString('--database-url', own.url);
  const pool = coordinatorPool(address, own.schema, 'els-assign');
  main = { address, embedded: true, schema: own.schema, pooling: 'none', prepare: true, pool };
  for (const path of ['seats/seats.target.ts', 'vouchers/vouchers.target.json']) {
    targets.push(await resolveTarget(example(path), false));
  }
  await open();
});
afterAll(async () => {
  await main.pool.end();
  for (const target of targets) await own.query(`drop database ${databaseNameOf(target)} with (force)`);
});

const open = () =>
  withPlaces(main, targets, { onChecked: () => undefined, stop: new AbortController().signal }, () =>
    Promise.resolve(),
  );

async function inDatabaseOf(target: Target, sql: string): Promise<void> {
  const url = new URL(own.url);
  url.pathname = `/${databaseNameOf(target)}`;
  const client = new pg.Client(url.href);
  await client.connect();
  await client.query(`set search_path to ${pg.escapeIdentifier(own.schema)}`);
  await client.query(sql);
  await client.end();
}

const record = (target: Target, runId: string) =>
  inDatabaseOf(
    target,
    `insert into run_batches (run_id, batch_id, strategy, target_file)
       values ('${runId}', '${runId}-b', '${target.name}', '${target.file}');
     insert into runs (run_id, command, command_id, strategy, scenario, keep, host, pid)
       values ('${runId}', 'run', '${runId}', '${target.name}', 'overflow', true, 'here', 1)`,
  );

it('is named with what mends it, and the runs of the others are found', async () => {
  const [seats, vouchers] = targets;
  if (seats === undefined || vouchers === undefined) throw new Error('two targets');
  await record(seats, 'of-seats');
  await record(vouchers, 'of-vouchers');
  await inDatabaseOf(vouchers, 'alter table event_outbox drop column topic');
  const { runs, unread } = await readRuns(main);
  expect(runs.map(({ runId }) => runId)).toEqual(['of-seats']);
  expect(unread).toEqual([
    { database: databaseNameOf(vouchers), error: expect.any(UsageError) as UsageError },
  ]);
  const message = unread[0]?.error.message ?? '';
  expect(message).toContain(`database "${databaseNameOf(vouchers)}": schema`);
  expect(message).toContain('column event_outbox.topic is missing');
  expect(message).toContain('a run of its target mends');
  expect(message).not.toContain('--reset');

  const told: string[] = [];
  const { checked } = await verifyTarget(main, seats, (line) => told.push(line));
  expect(checked).toMatchObject([{ target: 'seats', batches: 1 }]);
  expect(told).toEqual([message]);
  await expect(verifyTarget(main, vouchers, () => undefined)).rejects.toThrow(message);

  await open();
  expect((await readRuns(main)).unread).toEqual([]);
});

it('is refused by a run where it cannot be mended, with the way out', async () => {
  const [seats] = targets;
  if (seats === undefined) throw new Error('a target');
  await inDatabaseOf(seats, 'alter table event_outbox alter column topic type varchar(90)');
  await expect(open()).rejects.toThrow(
    new RegExp(`column event_outbox.topic is character varying.*drop database ${databaseNameOf(seats)}`),
  );
  await inDatabaseOf(seats, 'alter table event_outbox alter column topic type text');
});
