import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { childEnvironment } from '#els/base/child-environment.js';
import { WorkerProcess } from '#els/runner/worker-process.js';

const SECRET = 'hush';
const VARIABLES = {
  PGPASSWORD: SECRET,
  PGSERVICE: 'mine',
  DATABASE_URL: `postgres://me:${SECRET}@here/db`,
  MY_OWN_URL: `postgresql://me:${SECRET}@here/db`,
};

it('keeps what names or opens a database from child processes, and nothing else', () => {
  expect(childEnvironment({ ...VARIABLES, PATH: '/bin', NODE_OPTIONS: '' })).toEqual({
    PATH: '/bin',
    NODE_OPTIONS: '',
  });
});

it.runIf(process.platform === 'linux')('leaves no password in the environment of a worker', async () => {
  const before = { ...process.env };
  Object.assign(process.env, VARIABLES);
  const earlier = childrenOf(process.pid);
  const worker = new WorkerProcess(0);
  const pids = childrenOf(process.pid).filter((pid) => !earlier.includes(pid));
  const environments = pids.map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'));
  worker.kill();
  await worker.gone;
  for (const name of Object.keys(VARIABLES)) if (before[name] === undefined) delete process.env[name];
  expect(environments).toHaveLength(1);
  expect(environments[0]).toContain('PATH=');
  expect(environments[0]).not.toContain(SECRET);
});

function childrenOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
}
