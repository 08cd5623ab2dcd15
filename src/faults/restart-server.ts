import { loadStatement } from '../database/statement.js';
import { atHoldPoint } from './at-hold-point.js';
import type { FaultContext } from './context.js';
import { withSession } from './foreign-session.js';

const SERVER_START = loadStatement('faults/server-start');

/** Immediate shutdown and restart of the server while a claim holds a slot: every transaction under way is lost. */
export const restartServer = atHoldPoint(async ({ context, where, release }) => {
  if (context.restartServer === undefined) throw new Error('no way to restart the server was given');
  const startedBefore = await serverStart(context);
  const before = performance.now();
  await context.restartServer();
  const tookMs = Math.round(performance.now() - before);
  await release();
  if ((await serverStart(context)) === startedBefore) {
    return { struck: false, detail: 'the server was not restarted: it runs since the same moment' };
  }
  return { struck: true, detail: `restarted the server in ${tookMs} ms under ${where}` };
});

function serverStart(context: FaultContext): Promise<string | undefined> {
  return withSession(context, async (session) => {
    const [row] = await session.query<{ started: string }>(SERVER_START, {});
    return row?.started;
  });
}
