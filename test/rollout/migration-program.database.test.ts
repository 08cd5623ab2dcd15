import { fork } from 'node:child_process';
import { expect, it } from 'vitest';
import { programPath } from '#els/base/package-files.js';
import type { KillPoint } from '#els/targets/els/migrate/process/messages.js';
import { MIGRATION_PROTOCOL, type MigrationJob } from '#els/targets/els/migrate/process/messages.js';
import { useDatabase } from '../support/database.js';

const db = useDatabase();
const PROGRAM = programPath('targets/els/migrate/process/program');

interface Said {
  readonly type: string;
  readonly step?: string;
  readonly switching?: readonly string[];
}

/** What a migration of one batch says that nobody answers, until `isLast`; then it is killed. */
async function saidBy(batchId: string, isLast: (said: Said) => boolean, dies?: KillPoint): Promise<Said[]> {
  const job: MigrationJob = {
    ...{ source: '--database-url', connectionString: db.url, schema: db.schema },
    ...{ applicationName: `migration of ${batchId}`, batchIds: [batchId], to: 'essays', dies },
  };
  const child = fork(PROGRAM, { serialization: 'advanced' });
  const said: Said[] = [];
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const heard = new Promise<void>((resolve) => {
    child.on('message', (message: Said) => {
      said.push(message);
      if (isLast(message)) resolve();
    });
  });
  child.send({ type: 'migrate', version: MIGRATION_PROTOCOL, job });
  await heard;
  child.kill('SIGKILL');
  await gone;
  return said;
}

const steps = (said: readonly Said[]) => said.flatMap(({ step }) => step ?? []);

it('takes its steps without waiting for the coordinator', async () => {
  await db.register({ batchId: 'alone', slots: 3, inventory: 'slots' });
  const said = await saidBy('alone', ({ type }) => type === 'done');
  expect(steps(said)).toEqual(['marked', 'drained', 'copied', 'switched']);
});

it('goes no further than the step at which it is to be killed, and the next one finds the batch so', async () => {
  await db.register({ batchId: 'killed', slots: 3, inventory: 'slots' });
  const first = await saidBy('killed', ({ step }) => step === 'copied', { step: 3, waits: true });
  expect(first[0]).toEqual({ type: 'found', switching: [] });
  expect(steps(first)).toEqual(['marked', 'drained', 'copied']);
  const [next] = await saidBy('killed', ({ type }) => type === 'done');
  expect(next).toEqual({ type: 'found', switching: ['killed'] });
});
