import { pause, poll } from '../base/waiting.js';
import { STRIKE_DEADLINE_MS } from './blocked.js';
import { wireOf } from './at-server.js';
import { faultThatNeeds } from './context.js';

/** Every connection that is in use has its next reply within this time. */
const OTHERS_FOLLOW_MS = 100;

/** The next reply on every connection is swallowed and the connection reset: what it said did happen. */
export const loseReplies = faultThatNeeds([], async (context) => {
  const { wire } = wireOf(context);
  let connections = await wire.loseNextReplies();
  return {
    async strike(load) {
      const ask = async () => {
        // Code may connect as late as at its first call.
        if (connections === 0) connections = await wire.loseNextReplies();
        return (await wire.repliesLost()) || undefined;
      };
      const first = await poll(ask, STRIKE_DEADLINE_MS, load.ended);
      if (first === undefined) return { struck: false, detail: 'no reply came by' };
      await pause(OTHERS_FOLLOW_MS, load.ended);
      const lost = await wire.repliesLost();
      return { struck: true, detail: `lost ${lost} replies, each with its connection` };
    },
    disarm: () => wire.loseNoReplies(),
  };
});

/** Every connection with a round trip under way is reset: what it asked may have happened. */
export const resetConnections = faultThatNeeds([], (context) => {
  const { wire } = wireOf(context);
  return Promise.resolve({
    async strike(load) {
      const ask = async () => (await wire.resetBusyConnections()) || undefined;
      const reset = await poll(ask, STRIKE_DEADLINE_MS, load.ended);
      if (reset === undefined) return { struck: false, detail: 'no round trip was under way' };
      return { struck: true, detail: `reset ${reset} connections with a round trip under way` };
    },
    disarm: () => Promise.resolve(),
  });
});
