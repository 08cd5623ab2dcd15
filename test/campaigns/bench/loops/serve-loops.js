import pg from 'pg';
import { openSession } from '#els/database/session.js';
import { nowMicros } from '#els/base/clock.js';
import { serve } from '../competitors/serve.js';
import { STEPS } from './steps.js';

/**
 * A process of a loop: opens its connections as the engine does, then makes calls on each of them, one after the other,
 * until the time is over.
 *
 * @param {(client: pg.Client, steps: object[], batches: number, endMicros: number) => Promise<number>} loop makes the
 * calls of one connection; resolves to their count
 */
export function serveLoops(loop) {
  return serve(async ({ connectionString, schema, strategy, connections, batches, seconds }) => {
    const steps = STEPS[strategy];
    const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString }));
    for (const client of clients) {
      await client.connect();
      const statements = steps.map(({ statement }) => statement);
      await openSession(client, { schema, lockTimeoutMs: 10_000 }, statements);
    }
    return async () => {
      const startMicros = nowMicros();
      const loopUntil = startMicros + seconds * 1e6;
      const calls = await Promise.all(clients.map((client) => loop(client, steps, batches, loopUntil)));
      const endMicros = nowMicros();
      for (const { connection } of clients) connection.stream.destroy();
      return { startMicros, endMicros, done: calls.reduce((sum, count) => sum + count, 0) };
    };
  });
}
