import { pause, poll } from '../base/waiting.js';
import { STRIKE_DEADLINE_MS } from './blocked.js';
import { faultThatNeeds, type FaultContext } from './context.js';
import type { Proxy } from './proxy/proxy.js';

/** Every connection that is in use has its next reply within this time. */
const OTHERS_FOLLOW_MS = 100;

/** The next reply on every connection is swallowed and the connection reset: what it said did happen. */
export const loseReplies = faultThatNeeds([], async (context) => {
  const proxy = proxyOf(context);
  await proxy.loseNextReplies();
  return {
    async strike(load) {
      const ask = async () => (await proxy.repliesLost()) || undefined;
      const first = await poll(ask, STRIKE_DEADLINE_MS, load.ended);
      if (first === undefined) return { struck: false, detail: 'no reply came by' };
      await pause(OTHERS_FOLLOW_MS, load.ended);
      const lost = await proxy.repliesLost();
      return { struck: true, detail: `lost ${lost} replies, each with its connection` };
    },
    disarm: () => proxy.loseNoReplies(),
  };
});

/** Every connection is reset while requests are under way: what they asked may have happened. */
export const resetConnections = faultThatNeeds([], (context) => {
  const proxy = proxyOf(context);
  return Promise.resolve({
    async strike(load) {
      const ask = async () => (await proxy.resetBusyConnections()) || undefined;
      const reset = await poll(ask, STRIKE_DEADLINE_MS, load.ended);
      if (reset === undefined) return { struck: false, detail: 'no request was under way' };
      return { struck: true, detail: `reset ${reset} connections with a request under way` };
    },
    disarm: () => Promise.resolve(),
  });
});

function proxyOf({ proxy }: FaultContext): Proxy {
  if (proxy === undefined) throw new Error('the run has no proxy');
  return proxy;
}
