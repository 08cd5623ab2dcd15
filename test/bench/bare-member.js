// A process of the bare-protocol loop: what Node's sockets alone allow. Connections of node-postgres, set up by it; then
// each answer is only looked at for its end, and the next call is written in its place. No pool, no promise, no result,
// no history: a load generator can do no less.
import { Buffer } from 'node:buffer';
import pg from 'pg';
import { serialize } from 'pg-protocol';
import { openSession } from '../../dist/database/session.js';
import { bindValues, loadStatement } from '../../dist/database/statement.js';
import { assignmentBinds } from '../../dist/engine/documents.js';
import { nowMicros } from '../../dist/runner/clock.js';
import { serve } from './competitors/serve.js';

const INVENTORY = loadStatement('strategies/inventory');
const EXECUTE = serialize.execute();
const SYNC = serialize.sync();
const READY_FOR_QUERY = 0x5a;
const READY_BYTES = 6;

let calls = 0;

function nextCall(batches) {
  calls += 1;
  const content = `${process.pid}-${calls}`;
  const request = {
    batchId: String(1 + Math.floor(Math.random() * batches)),
    textStorageId: content,
    originalFileName: 'essay.txt',
    fileSizeBytes: 1_024,
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
    fileUploadId: content,
    correlationId: content,
  };
  const values = bindValues(INVENTORY, assignmentBinds(request, new Date(), ''));
  return Buffer.concat([serialize.bind({ statement: INVENTORY.name, values }), EXECUTE, SYNC]);
}

/** Calls one after the other on a connection until the time is over. */
function loop({ connection: { stream } }, batches, endMicros) {
  return new Promise((resolve, reject) => {
    stream.removeAllListeners('data');
    stream.on('error', reject);
    stream.on('data', (data) => {
      if (data[data.length - READY_BYTES] !== READY_FOR_QUERY) return;
      if (nowMicros() >= endMicros) resolve();
      else stream.write(nextCall(batches));
    });
    stream.write(nextCall(batches));
  });
}

await serve(async ({ connectionString, schema, connections, batches, seconds }) => {
  const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString }));
  for (const client of clients) {
    await client.connect();
    await openSession(client, { schema, lockTimeoutMs: 10_000 }, [INVENTORY]);
  }
  return async () => {
    const startMicros = nowMicros();
    await Promise.all(clients.map((client) => loop(client, batches, startMicros + seconds * 1e6)));
    const endMicros = nowMicros();
    for (const { connection } of clients) connection.stream.destroy();
    return { startMicros, endMicros, done: calls };
  };
});
