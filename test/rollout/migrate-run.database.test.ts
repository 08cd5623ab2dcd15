import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readMigrationMessage } from '#els/targets/els/migrate/process/messages.js';
import { migrateRun } from '#els/targets/els/migrate/process/migrate-run.js';

const program = fileURLToPath(new URL('lying-migration.js', import.meta.url));

function migration(says: string, quietMs = 60_000) {
  const job = {
    ...{ source: '--database-url', connectionString: 'postgres:///', applicationName: 'lies', schema: says },
    ...{ batchIds: ['one', 'two'], to: 'essays' as const },
  };
  return migrateRun(job, { program, quietMs, stop: new AbortController().signal });
}

it('takes what an honest process says', async () => {
  expect(await migration('that all is done')).toMatchObject({ batches: 2, longestPauseMs: 2, processes: 1 });
});

it.each([
  ['that batches are put back', 'put 2 of 2 batches back'],
  ['that it failed', 'failed: no luck'],
  ['noise', 'sent no message of the protocol'],
])('begins again five times where a process says %s', async (says, problem) => {
  await expect(migration(says)).rejects.toMatchObject({
    code: 'migration_failed',
    message: `the migration to essays failed 6 times: the last process ${problem}`,
  });
});

it('ends a process that says nothing', async () => {
  await expect(migration('nothing at all', 50)).rejects.toMatchObject({
    message: 'the migration to essays failed 6 times: the last process said nothing for 0.05 s',
  });
});

const batchIds = new Set(['one', 'two']);
const ended = { outcome: 'migrated', copied: 1, pauseMs: 2, disagreements: [{ essay_id: 'e' }] };

it.each([
  { type: 'found', switching: ['two'] },
  { type: 'step', batchId: 'one', step: 'marked' },
  { type: 'done', migrations: [...batchIds].map((batchId) => ({ ...ended, batchId })) },
  { type: 'failed', message: 'no luck' },
])('reads %j', (message) => {
  expect(readMigrationMessage(message, batchIds)).toEqual(message);
});

it.each([
  undefined,
  'done',
  { type: 'found', switching: ['three'] },
  { type: 'step', batchId: 'three', step: 'marked' },
  { type: 'step', batchId: 'one', step: 'begun' },
  { type: 'step', batchId: 'one', step: 'marked', more: 1 },
  { type: 'done', migrations: [{ ...ended, batchId: 'one' }] },
  { type: 'done', migrations: ['one', 'one'].map((batchId) => ({ ...ended, batchId })) },
  { type: 'done', migrations: ['one', 'three'].map((batchId) => ({ ...ended, batchId })) },
  { type: 'done', migrations: ['one', 'two'].map((batchId) => ({ ...ended, batchId, pauseMs: -1 })) },
  { type: 'failed', message: 'x'.repeat(1e5) },
])('reads no message in %j', (given) => {
  expect(readMigrationMessage(given, batchIds)).toBeUndefined();
});
