// npm run bench:history: how long the history oracle takes over 1,000,000 calls, and the most memory that a process
// needs which holds them and checks them; each shape in a process of its own. More CPU seconds than seconds: the
// garbage collector runs beside; far fewer: the machine was busy otherwise. Prints one JSON document.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import { verifyHistory } from '#els/verify/verify-run.js';
import { CALLS, historyOf, SHAPES } from './history-shapes.js';

const TARGET_SECONDS = 10;

/** Peak of this process's resident memory, in MiB. */
function peakMiB() {
  return Math.round(process.resourceUsage().maxRSS / 1_024);
}

function check(shape) {
  const calls = historyOf(shape);
  const heldMiB = peakMiB();
  const circumstances = { startMicros: 0, faults: [], incomplete: [], durable: true };
  const run = { terms: BUILT_IN_TERMS, batchIds: [], slotsOf: () => shape.slots, calls, ...circumstances };
  const cpuBefore = process.cpuUsage();
  const start = process.hrtime.bigint();
  const { verdict } = verifyHistory(run);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    verdict,
    seconds: Number(seconds.toFixed(3)),
    cpuSeconds: Number(((user + system) / 1e6).toFixed(3)),
    callsPerSecond: Math.round(CALLS / seconds),
    peakMiBBeforeCheck: heldMiB,
    peakMiB: peakMiB(),
    met: verdict === 'valid' && seconds <= TARGET_SECONDS,
  };
}

async function checkInProcessOfItsOwn(name) {
  const child = fork(new URL(import.meta.url).pathname, [name]);
  const [result] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof result !== 'object') throw new Error(`${name}: the process ended with ${result}`);
  return { name, ...result };
}

const [name] = process.argv.slice(2);
if (process.send && name) {
  process.send(check(SHAPES[name]));
} else {
  const shapes = [];
  for (const each of Object.keys(SHAPES)) shapes.push(await checkInProcessOfItsOwn(each));
  const met = shapes.every((shape) => shape.met);
  console.log(JSON.stringify({ calls: CALLS, targetSeconds: TARGET_SECONDS, met, shapes }, null, 2));
  process.exitCode = met ? 0 : 1;
}
