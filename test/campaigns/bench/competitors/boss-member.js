// A process of pg-boss's fast path: fetch a batch, complete it by its ids, until there is none.
import { nowMicros } from '#els/base/clock.js';
import { openBoss } from './boss.js';
import { serve } from './serve.js';

await serve(async ({ connectionString, schema, queue, batchSize }) => {
  const boss = await openBoss({ connectionString, schema });
  return async () => {
    let done = 0;
    const startMicros = nowMicros();
    for (;;) {
      const jobs = await boss.fetch(queue, { batchSize });
      if (jobs.length === 0) break;
      await boss.complete(
        queue,
        jobs.map(({ id }) => id),
      );
      done += jobs.length;
    }
    const endMicros = nowMicros();
    await boss.stop({ graceful: false });
    return { startMicros, endMicros, done };
  };
});
