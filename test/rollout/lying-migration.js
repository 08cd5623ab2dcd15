import { setTimeout as sleep } from 'node:timers/promises';

// The program of a process that migrates nothing. It says what the job's schema names.

const send = (message) => new Promise((resolve) => process.send(message, resolve));
const ended = (outcome, batchId) => ({ batchId, outcome, copied: 1, pauseMs: 2, disagreements: [] });

const SAYS = {
  'that all is done': ({ batchIds }) =>
    send({ type: 'done', migrations: batchIds.map((batchId) => ended('migrated', batchId)) }),
  'that batches are put back': ({ batchIds }) =>
    send({ type: 'done', migrations: batchIds.map((batchId) => ended('put_back', batchId)) }),
  'that it failed': () => send({ type: 'failed', message: 'no luck' }),
  noise: () => send('x'.repeat(100_000)),
  'nothing at all': () => sleep(2 ** 30),
};

process.on('disconnect', () => process.exit());
process.on('message', ({ type, job }) => {
  if (type === 'migrate') void SAYS[job.schema](job);
});
