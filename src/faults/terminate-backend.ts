import { loadStatement } from '../database/statement.js';
import { atHoldPoint } from './at-hold-point.js';
import type { FaultContext } from './context.js';
import { withSession } from './foreign-session.js';

const TERMINATE = loadStatement('database/terminate-backend');

/** Ends a backend of the run in the middle of what it does. */
export async function terminate(context: FaultContext, pid: number): Promise<void> {
  await withSession(context, (session) => session.query(TERMINATE, { pid }));
}

/** pg_terminate_backend of the backend whose claim holds a slot. */
export const terminateBackend = atHoldPoint(async ({ context, call, where, release }) => {
  await terminate(context, call.pid);
  await release();
  return { struck: true, detail: `terminated the backend of ${where}` };
});
