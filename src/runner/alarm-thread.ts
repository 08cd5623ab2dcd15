import { parentPort, workerData } from 'node:worker_threads';
import { nowMicros } from '../base/clock.js';
import { ARMED, IDLE, type AlarmMemory } from './alarm.js';

// The program of an alarm's thread: sleep until the moment that is set, tell, wait for the next one.

const { state, moment } = workerData as AlarmMemory;

for (;;) {
  Atomics.wait(state, 0, IDLE);
  const leftMicros = (moment[0] ?? 0) - nowMicros();
  if (leftMicros > 0) Atomics.wait(state, 0, ARMED, leftMicros / 1_000);
  Atomics.store(state, 0, IDLE);
  parentPort?.postMessage(null);
}
