import { setTimeout as sleep } from 'node:timers/promises';
import { nowMicros } from '#els/base/clock.js';
import { PROTOCOL_VERSION } from '#els/runner/messages.js';
import { honestMessages } from './honest-messages.js';

// The program of a worker process that needs no database. It says what the job's schema names: a lie but for `honest`.

let job;

function send(message) {
  return new Promise((resolve) => process.send(message, resolve));
}

async function sendAll(messages) {
  for (const message of messages) await send(message);
}

async function flood(message) {
  for (;;) await send(message);
}

async function alive() {
  for (;;) {
    await send({ type: 'alive', progress: 0, skipped: 0, unreachableSinceMicros: null });
    await sleep(50);
  }
}

/** As calls do that have to connect, and wait for one lock after the other. */
async function slowly(load) {
  for (let time = 0; time < 10; time++) {
    await send({ type: 'alive', progress: 0, skipped: 0, unreachableSinceMicros: null });
    await sleep(200);
  }
  await sendAll(load);
}

const ready = { type: 'ready', version: PROTOCOL_VERSION };
const hang = () => sleep(2 ** 30);

/** What it says instead of getting ready. */
const BEFORE = {
  'another version': () => send({ ...ready, version: ready.version + 1 }),
  'calls before it is ready': () => sendAll(honestMessages(job).slice(1)),
  'ready twice': () => sendAll([ready, ready]),
  'nothing at all': hang,
};

/** What it says of its load. */
const DURING = {
  honest: ([, ...load]) => sendAll(load),
  'honest and slow': ([, ...load]) => slowly(load),
  'nothing of its load': hang,
  'that it lives, and no more': alive,
  'a flood of life': () => flood({ type: 'alive', progress: 0, skipped: 0, unreachableSinceMicros: null }),
  'a flood of the same call': ([, calls]) => flood(calls),
  'changed without being asked': () => send({ type: 'changed' }),
  'nothing of a change': hang,
  'changed, and once more': hang,
  'a flood of noise': () => flood('x'.repeat(100_000)),
  'something after it was done': ([, ...load]) =>
    sendAll([...load, { type: 'alive', progress: 0, skipped: 0, unreachableSinceMicros: null }]),
};

process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  if (message.type === 'prepare') {
    ({ job } = message);
    void (BEFORE[job.schema] ?? (() => send(ready)))();
  }
  if (message.type === 'change' && job.schema === 'changed, and once more') {
    void sendAll([{ type: 'changed' }, { type: 'changed' }]);
  }
  if (message.type === 'start') {
    void sleep((message.atMicros - nowMicros()) / 1_000 + 5).then(() =>
      DURING[job.schema](honestMessages(job)),
    );
  }
});
