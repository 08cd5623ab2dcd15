// What Node's sockets alone allow. Connections of node-postgres, set up by it; then each answer is only looked at for
// its end and for the value that a later statement needs, and the next statement is written in its place. No pool, no
// promise, no result, no history: a load generator can do no less.
import { Buffer } from 'node:buffer';
import { serialize } from 'pg-protocol';
import { nowMicros } from '#els/base/clock.js';
import { serveLoops } from './serve-loops.js';
import { newContent, valuesOf } from './steps.js';

const EXECUTE = serialize.execute();
const SYNC = serialize.sync();
const READY_FOR_QUERY = 0x5a;
const READY_BYTES = 6;
/** Behind BindComplete, a DataRow's type, length and count of columns: the first column's length, then its bytes. */
const FIRST_COLUMN = 12;

function firstColumn(data) {
  const start = FIRST_COLUMN + 4;
  return data.toString('latin1', start, start + data.readInt32BE(FIRST_COLUMN));
}

function message(step, binds) {
  const bind = serialize.bind({ statement: step.statement.name, values: valuesOf(step, binds) });
  return Buffer.concat([bind, EXECUTE, SYNC]);
}

await serveLoops(({ connection }, steps, batches, endMicros) => {
  const stream = /** @type {import('node:net').Socket} */ (connection.stream);
  return new Promise((resolve, reject) => {
    let calls = 0;
    let position = 0;
    let binds = newContent(`${stream.localPort}-${calls}`, batches);
    stream.removeAllListeners('data');
    stream.on('error', reject);
    stream.on('data', (data) => {
      if (data[data.length - READY_BYTES] !== READY_FOR_QUERY) return;
      const { reads } = steps[position];
      if (reads !== undefined) binds[reads] = firstColumn(data);
      position += 1;
      if (position === steps.length) {
        calls += 1;
        if (nowMicros() >= endMicros) return resolve(calls);
        position = 0;
        binds = newContent(`${stream.localPort}-${calls}`, batches);
      }
      stream.write(message(steps[position], binds));
    });
    stream.write(message(steps[position], binds));
  });
});
