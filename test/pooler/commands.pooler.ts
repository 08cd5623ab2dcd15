import { beforeAll, describe, expect, it } from 'vitest';
import { fingerprint, useOwnDatabase } from '../cli/own-database.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { startPooler, type PoolMode } from './pgbouncer.js';

// The command line through a pooler: it works, or is refused in one line before anything is written.

const database = useOwnDatabase();
const files = useTemporaryFolder();
const urls = new Map<string, string>();

const WAYS: readonly { name: string; mode: PoolMode; pool?: Record<string, number> }[] = [
  { name: 'session', mode: 'session' },
  { name: 'transaction', mode: 'transaction' },
  { name: 'few backends', mode: 'transaction', pool: { default_pool_size: 3 } },
  { name: 'in turns', mode: 'transaction', pool: { server_round_robin: 1 } },
  { name: 'statement', mode: 'statement' },
];

beforeAll(async () => {
  for (const { name, mode, pool = {} } of WAYS) {
    urls.set(name, await startPooler(database.url, mode, { pool }));
  }
  expect((await database.run(['setup'])).code).toBe(0);
});
