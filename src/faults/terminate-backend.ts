import { poll } from '../base/waiting.js';
import { loadStatement } from '../database/statement.js';
import type { RunningLoad } from '../runner/run-load.js';
import { atHoldPointOrAnywhere } from './at-hold-point.js';
import { callsAtServer, wireOf } from './at-server.js';
import { STRIKE_DEADLINE_MS } from './blocked.js';
import type { ArmFault, FaultContext, Strike } from './context.js';
import { withSession } from './foreign-session.js';

const TERMINATE = loadStatement('database/terminate-backend');

/** A backend that was told to end has ended within this time. */
const ENDING_MS = 2_000;

/** Ends a backend of the run in the middle of what it does. */
export async function terminate(context: FaultContext, pid: number): Promise<void> {
  await withSession(context, (session) => session.query(TERMINATE, { pid }));
}

/** pg_terminate_backend of a backend with a round trip under way, wherever it is: of a target that none can be held in. */
const terminateInFlight: ArmFault = (context) =>
  Promise.resolve({
    async strike(load) {
      const struck = await poll(() => terminateAtWork(context, load), STRIKE_DEADLINE_MS, load.ended);
      return struck ?? { struck: false, detail: 'no backend was ended with a round trip under way' };
    },
    disarm: () => Promise.resolve(),
  });

/** @returns undefined where there was none, or its round trip had an answer before it ended */
async function terminateAtWork(context: FaultContext, { ended }: RunningLoad): Promise<Strike | undefined> {
  const { wire } = wireOf(context);
  const calls = await callsAtServer(context);
  const call = calls[Math.floor(context.random() * calls.length)];
  if (call === undefined) return undefined;
  const { pid, worker, port } = call;
  const before = await wire.cutOff(port);
  await terminate(context, pid);
  const isGone = async () => {
    const backends = await wire.backends(port);
    return backends.every((each) => each.pid !== pid) || undefined;
  };
  await poll(isGone, ENDING_MS, ended);
  if ((await wire.cutOff(port)) === before) return undefined;
  return {
    struck: true,
    detail: `terminated a backend of worker ${worker + 1} with a round trip under way`,
  };
}

/** pg_terminate_backend: where the target can be stopped there, of the backend whose claim holds a slot. */
export const terminateBackend = atHoldPointOrAnywhere(async ({ context, call, where, release }) => {
  await terminate(context, call.pid);
  await release();
  return { struck: true, detail: `terminated the backend of ${where}` };
}, terminateInFlight);
