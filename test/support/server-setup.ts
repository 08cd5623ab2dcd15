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

interface Server {
  readonly databaseUrl: string;
  readonly embeddedHome: string;
  readonly stop: () => Promise<void>;
}

interface Shared {
  server?: Promise<Server>;
  projects: number;
}

/** Each project loads this module anew, hence on the global object: the server of this process, and how many projects use it. */
const shared = ((globalThis as { elsTestServer?: Shared }).elsTestServer ??= { projects: 0 });

/** One real server for all test files: the embedded one, or the one that ELS_TEST_DATABASE_URL names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.projects += 1;
  const { databaseUrl, embeddedHome, stop } = await (shared.server ??= startServer());
  project.provide('databaseUrl', databaseUrl);
  project.provide('embeddedHome', embeddedHome);
  return async () => {
    shared.projects -= 1;
    if (shared.projects === 0) await stop();
  };
}

async function startServer(): Promise<Server> {
  const named = process.env['ELS_TEST_DATABASE_URL'];
  if (named) return { databaseUrl: named, embeddedHome: '', stop: () => Promise.resolve() };
  const home = await mkdtemp(join(tmpdir(), 'els-assign-test-'));
  await chmod(home, 0o755);
  const lease = await leaseEmbeddedServer({ ELS_ASSIGN_HOME: home });
  const { host, port, user, password, database } = lease.connection;
  return {
    databaseUrl: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
    embeddedHome: home,
    stop: async () => {
      await lease.release();
      await rm(home, { recursive: true });
    },
  };
}
