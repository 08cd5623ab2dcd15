import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { leaseEmbeddedServer } from '#els/database/embedded/lease.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL server of all database tests. */
    databaseUrl: string;
    /** ELS_ASSIGN_HOME of the embedded server; empty where ELS_TEST_DATABASE_URL names another. */
    embeddedHome: string;
  }
}

/** One real server for all test files: the embedded one, or the one that ELS_TEST_DATABASE_URL names. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const named = process.env['ELS_TEST_DATABASE_URL'];
  if (named) {
    project.provide('databaseUrl', named);
    project.provide('embeddedHome', '');
    return undefined;
  }
  const home = await mkdtemp(join(tmpdir(), 'els-assign-test-'));
  await chmod(home, 0o755);
  const lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
  const { host, port, user, password, database } = lease.connection;
  project.provide(
    'databaseUrl',
    `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
  );
  project.provide('embeddedHome', home);
  return async () => {
    await lease.release();
    await rm(home, { recursive: true });
  };
}
