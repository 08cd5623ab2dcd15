import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { expect, it } from 'vitest';
import { beginWork } from '#els/runs/at-work.js';
import type { RunningCommand } from '#els/domain/held-run.js';
import { findRuns, recordRun } from '#els/runs/runs.js';
import { createPool } from '#els/database/pool.js';
import { openSession } from '#els/database/session.js';
import { withConnectionString } from '#els/database/address.js';
import { useDatabase } from '../support/database.js';
import { until } from '../cli/signalled.js';

const db = useDatabase();

async function atWork(beats: boolean, keep = false) {
  const commandId = randomBytes(8).toString('hex');
  const command: RunningCommand = { command: 'run', commandId, host: 'here', pid: 1, beats };
  const settings = { schema: db.schema, lockTimeoutMs: 5_000, keepsNothing: beats };
  const pool = createPool(withConnectionString('--database-url', db.url), {
    ...{ connections: 1, applicationName: `at work ${commandId}` },
    onConnect: (client: pg.ClientBase) => openSession(client, settings, []),
  });
  const end = await beginWork(pool, command);
  const runId = `run-${commandId}`;
  const client = await db.pool.connect();
  await recordRun(client, command, { runId, strategy: 'cte', scenario: null, keep, warmsUp: null });
  client.release();
  return { commandId, runId, end: () => end().then(() => pool.end()) };
}

async function stateOf(runId: string): Promise<string | undefined> {
  const client = await db.pool.connect();
  try {
    return (await findRuns(client)).find((run) => run.runId === runId)?.state;
  } finally {
    client.release();
  }
}

it.each([
  ['a lock', false],
  ['a heartbeat', true],
])('a command is at work by %s until it ends; then its run is kept or abandoned', async (_, beats) => {
  const [left, kept] = [await atWork(beats), await atWork(beats, true)];
  expect([await stateOf(left.runId), await stateOf(kept.runId)]).toEqual(['at work', 'at work']);
  await left.end();
  expect([await stateOf(left.runId), await stateOf(kept.runId)]).toEqual(['abandoned', 'at work']);
  await kept.end();
  expect(await stateOf(kept.runId)).toBe('kept');
});

it('a heartbeat grows stale, and is renewed while the command lives', { timeout: 60_000 }, async () => {
  const { runId, commandId, end } = await atWork(true);
  await db.query(`update runs set heartbeat_at = now() - interval '70 seconds' where command_id = $1`, [
    commandId,
  ]);
  expect(await stateOf(runId)).toBe('abandoned');
  await until(async () => (await stateOf(runId)) === 'at work', 'the next beat');
  await end();
});

it('a heartbeat keeps no session lock, which a pooler would lend to others', async () => {
  const { commandId, end } = await atWork(true);
  const locks = `select 1 from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and application_name = $1`;
  expect(await db.query(locks, [`at work ${commandId}`])).toEqual([]);
  await end();
});
