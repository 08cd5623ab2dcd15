import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { registerBatches } from '#els/targets/els/batches/register.js';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { setupSchema } from '#els/database/schema.js';
import { openSession } from '#els/database/session.js';
import { withConnectionString } from '#els/database/address.js';
import type { AssignmentRequest, Inventory } from '#els/targets/els/engine/assignment.js';
import {
  createAssignmentEngine,
  type AssignmentEngine,
  type EngineOptions,
} from '#els/targets/els/engine/engine.js';

/** A schema of a test file's own on the shared server. */
export interface TestDatabase {
  readonly url: string;
  readonly schema: string;
  /** Connections whose search_path is the schema. */
  readonly pool: DatabasePool;
  /** An engine on a pool of its own, as another service instance would have. */
  engine(options?: EngineOptions, connections?: number): AssignmentEngine;
  /** Registers one batch. */
  register(batch: { batchId: string; slots: number; inventory: Inventory }): Promise<void>;
  /** Rows of a query in the schema. */
  query<T extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]>;
}

/** Creates a schema before the tests of a file and drops it after them, with every engine that they made. */
export function useDatabase(): TestDatabase {
  const url = inject('databaseUrl');
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const address = withConnectionString('--database-url', url);
  const onConnect = (client: pg.ClientBase) => openSession(client, { schema, lockTimeoutMs: 20_000 }, []);
  const pool = createPool(address, { connections: 20, applicationName: `test ${schema}`, onConnect });
  const engines: { engine: AssignmentEngine; pool: DatabasePool }[] = [];

  beforeAll(async () => {
    const client = await pool.connect();
    await client.query('begin');
    await setupSchema(client, schema, { reset: false });
    await client.query('commit');
    client.release();
  });
  afterAll(async () => {
    for (const made of engines) {
      await made.engine.close();
      await made.pool.end();
    }
    await pool.query(`drop schema if exists ${pg.escapeIdentifier(schema)} cascade`);
    await pool.end();
  });

  return {
    url,
    schema,
    pool,
    engine(options = {}, connections = 8) {
      const own = createPool(address, { connections, applicationName: `engine ${schema}` });
      const engine = createAssignmentEngine(own, { schema, ...options });
      engines.push({ engine, pool: own });
      return engine;
    },
    async register({ batchId, slots, inventory }) {
      const client = await pool.connect();
      await registerBatches(client, {
        runId: `run-${batchId}`,
        strategy: 'test',
        inventory,
        batchIds: [batchId],
        slots,
      });
      client.release();
    },
    async query<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []) {
      return (await pool.query<T>(sql, values)).rows;
    },
  };
}

/** A URL to the same database whose sessions begin with a setting, e.g. `lock_timeout=20`. */
export function withSetting(url: string, setting: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}options=${encodeURIComponent(`-c ${setting}`)}`;
}

/** Runs work on a connection of its own to the server of all tests: what a server can is asked before tests are defined. */
export async function withServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client(inject('databaseUrl'));
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}

/** A request with plausible details; every call has a correlation id of its own. */
export function requestFor(batchId: string, textStorageId: string): AssignmentRequest {
  return {
    batchId,
    textStorageId,
    originalFileName: `${textStorageId}.txt`,
    fileSizeBytes: 1_024,
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
    fileUploadId: `upload-${textStorageId}`,
    correlationId: `call-${randomBytes(6).toString('hex')}`,
  };
}
