import { fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { programPath } from '#els/base/package-files.js';
import type { ToWorker } from '#els/runner/messages.js';

const WORKER = programPath('targets/worker-program');
/** Fails at once where nothing was prepared. */
const START: ToWorker = { type: 'start', atMicros: 0 };

test('a worker that fails when the coordinator has hung up leaves without a word', async () => {
  const worker = fork(WORKER, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const said = text(worker.stderr!);
  worker.send(START);
  expect(await once(worker, 'message')).toMatchObject([{ type: 'failed' }, undefined]);
  worker.kill('SIGSTOP');
  worker.once('disconnect', () => worker.kill('SIGCONT'));
  worker.send(START, () => worker.disconnect());
  const [code] = (await once(worker, 'exit')) as [number | null];
  expect({ code, said: await said }).toEqual({ code: 0, said: '' });
});
