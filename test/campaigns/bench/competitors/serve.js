import { once } from 'node:events';

/**
 * The life of a crew's member: connect, say so, drain when told to, say what was done.
 *
 * @param {(job: object) => Promise<() => Promise<{ startMicros: number, endMicros: number, done: number }>>} connect
 */
export async function serve(connect) {
  const [job] = await once(process, 'message');
  const drain = await connect(job);
  process.send?.('ready');
  await once(process, 'message');
  process.send?.(await drain());
}
