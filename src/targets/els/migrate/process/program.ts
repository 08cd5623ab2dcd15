import { findSwitching } from '../../batches/find.js';
import { explainConnectFailure } from '../../../../database/pool.js';
import { transaction } from '../../../../database/session.js';
import { withConnectionString } from '../../../../database/address.js';
import type { BatchMigration, MigrationControl } from '../migration.js';
import { migrateBatch } from '../migrate-batch.js';
import { coordinatorPool } from '../../../../database/coordinator-pool.js';
import {
  LONGEST_MESSAGE,
  MIGRATION_PROTOCOL,
  type BatchStep,
  type FromMigration,
  type KillPoint,
  type MigrationJob,
  type ToMigration,
} from './messages.js';

// The program of a process that migrates batches: it tells each step, and waits at none but where it is to
// be killed.

/** A batch whose calls do not end within this time is put back. */
const PAUSE_LIMIT_MS = 5_000;

const stop = new AbortController();
/** The coordinator kills the process meanwhile. */
const DEATH = new Promise<never>(() => undefined);

// Signals reach the whole process group; the coordinator decides what becomes of a migration.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit());

process.on('message', (message: ToMigration) => {
  switch (message.type) {
    case 'migrate':
      void reporting(message);
      break;
    case 'stop':
      stop.abort();
      break;
  }
});

function send(message: FromMigration): void {
  process.send?.(message, undefined, undefined, (error) => {
    if (error) process.exit();
  });
}

async function reporting({ version, job }: ToMigration & { type: 'migrate' }): Promise<void> {
  const address = withConnectionString(job.source, job.connectionString);
  try {
    if (version !== MIGRATION_PROTOCOL)
      throw new Error('this program is of another version than the coordinator');
    send({ type: 'done', migrations: await migrate(job) });
  } catch (error) {
    const why = explainConnectFailure(address, error);
    const text = why instanceof Error ? why.message : String(why);
    send({ type: 'failed', message: text.slice(0, LONGEST_MESSAGE) });
  }
}

/** Tells steps, up to the one at which the process is to be killed. */
class Teller {
  readonly #dies: KillPoint | undefined;
  #told = 0;

  constructor(dies: KillPoint | undefined) {
    this.#dies = dies;
  }

  /** Whether the kill is on its way. */
  get isDying(): boolean {
    return this.#dies !== undefined && this.#told >= this.#dies.step;
  }

  async tell(step: BatchStep): Promise<void> {
    this.#told += 1;
    send({ type: 'step', ...step });
    if (this.isDying && this.#dies?.waits) await DEATH;
  }
}

/** One batch after the other, on one connection. */
async function migrate({ batchIds, to, dies, ...job }: MigrationJob): Promise<BatchMigration[]> {
  const address = withConnectionString(job.source, job.connectionString);
  const pool = coordinatorPool(address, job.schema, job.applicationName);
  const migrations: BatchMigration[] = [];
  const teller = new Teller(dies);
  const control: MigrationControl = {
    ...{ pauseLimitMs: PAUSE_LIMIT_MS, signal: stop.signal },
    onStep: (batchId, step) => teller.tell({ batchId, step }),
  };
  try {
    const client = await pool.connect();
    try {
      send({ type: 'found', switching: await transaction(client, () => findSwitching(client, batchIds)) });
      for (const batchId of batchIds) migrations.push(await migrateBatch(client, batchId, to, control));
    } finally {
      client.release();
    }
    if (teller.isDying) await DEATH;
    return migrations;
  } finally {
    await pool.end();
  }
}
