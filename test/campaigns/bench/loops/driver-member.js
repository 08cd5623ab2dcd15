// What node-postgres itself allows: its own named queries on its own clients, rows as arrays of text, awaited one after
// the other. No pool, no retry, no histogram, no history.
import { nowMicros } from '#els/base/clock.js';
import { serveLoops } from './serve-loops.js';
import { newContent, valuesOf } from './steps.js';

const AS_TEXT = { getTypeParser: () => (value) => value };

async function call(client, steps, binds) {
  for (const step of steps) {
    const { name, text } = step.statement;
    const query = {
      name: `driver ${name}`,
      text,
      values: valuesOf(step, binds),
      rowMode: 'array',
      types: AS_TEXT,
    };
    const { rows } = await client.query(query);
    if (step.reads !== undefined) binds[step.reads] = rows[0][0];
  }
}

await serveLoops(async (client, steps, batches, endMicros) => {
  const { localPort } = /** @type {import('node:net').Socket} */ (client.connection.stream);
  let calls = 0;
  do {
    await call(client, steps, newContent(`${localPort}-${calls}`, batches));
    calls += 1;
  } while (nowMicros() < endMicros);
  return calls;
});
