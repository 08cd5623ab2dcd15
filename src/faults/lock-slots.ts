import { pause } from '../base/waiting.js';
import { loadStatement } from '../database/statement.js';
import { awaitBlocked } from './blocked.js';
import { faultThatNeeds } from './context.js';
import { ForeignSession } from './foreign-session.js';
import { holding } from './holding.js';

const HELD_MS = 300;

/** Locks all free slots and then rolls back: whoever took that for a full batch said a false no_slot. */
export const lockSlots = faultThatNeeds(['lockFreeSlots'], async (context) => {
  const lockFreeSlots = loadStatement(context.weakSpots.lockFreeSlots);
  const { holder, taken } = await holding(ForeignSession.begin(context), (session) =>
    session.query<{ locked: number }>(lockFreeSlots, { batch_ids: context.plan.batchIds }),
  );
  const [row] = taken;
  const locked = `${row?.locked ?? 0} free slots`;
  return {
    async strike(load) {
      const blocked = await awaitBlocked(context, holder, load);
      if (blocked.length === 0) return { struck: false, detail: `no call waited for the ${locked} locked` };
      await pause(HELD_MS, load.ended);
      await holder.close();
      return { struck: true, detail: `locked ${locked} for ${HELD_MS} ms, then rolled back` };
    },
    disarm: () => holder.close(),
  };
});
