import { explainConnectFailure } from '../../database/pool.js';
import { withConnectionString } from '../../database/target.js';
import type { BatchMigration, MigrationControl } from '../../domain/migration.js';
import { migrateBatch } from '../../migrate/migrate-batch.js';
import { coordinatorPool } from '../coordinator-pool.js';
import {
  LONGEST_MESSAGE,
  MIGRATION_PROTOCOL,
  type FromMigration,
  type MigrationJob,
  type ToMigration,
} from './migration-messages.js';

// The program of a process that migrates batches: it tells each step and waits for the coordinator's go-ahead.

/** A batch whose calls do not end within this time is put back. */
const PAUSE_LIMIT_MS = 5_000;

const stop = new AbortController();
/** Of the steps that were told and not answered. */
const waiting: (() => void)[] = [];

const CONTROL: MigrationControl = {
  pauseLimitMs: PAUSE_LIMIT_MS,
  signal: stop.signal,
  onStep: (batchId, step) => {
    const answered = new Promise<void>((goOn) => waiting.push(goOn));
    send({ type: 'step', batchId, step });
    return stop.signal.aborted ? Promise.resolve() : answered;
  },
};

// Signals reach the whole process group; the coordinator decides what becomes of a migration.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit());

process.on('message', (message: ToMigration) => {
  switch (message.type) {
    case 'migrate':
      void reporting(message);
      break;
    case 'go':
      waiting.shift()?.();
      break;
    case 'stop':
      stop.abort();
      for (const goOn of waiting.splice(0)) goOn();
      break;
  }
});

function send(message: FromMigration): void {
  process.send?.(message, undefined, undefined, (error) => {
    if (error) process.exit();
  });
}

async function reporting({ version, job }: ToMigration & { type: 'migrate' }): Promise<void> {
  const target = withConnectionString(job.source, job.connectionString);
  try {
    if (version !== MIGRATION_PROTOCOL)
      throw new Error('this program is of another version than the coordinator');
    send({ type: 'done', migrations: await migrate(job) });
  } catch (error) {
    const why = explainConnectFailure(target, error);
    const text = why instanceof Error ? why.message : String(why);
    send({ type: 'failed', message: text.slice(0, LONGEST_MESSAGE) });
  }
}

/** One batch after the other, on one connection. */
async function migrate({ batchIds, to, ...job }: MigrationJob): Promise<BatchMigration[]> {
  const target = withConnectionString(job.source, job.connectionString);
  const pool = coordinatorPool(target, job.schema, job.applicationName);
  const migrations: BatchMigration[] = [];
  try {
    const client = await pool.connect();
    try {
      for (const batchId of batchIds) migrations.push(await migrateBatch(client, batchId, to, CONTROL));
    } finally {
      client.release();
    }
    return migrations;
  } finally {
    await pool.end();
  }
}
