import { pause } from '../base/waiting.js';
import { faultThatNeeds } from './context.js';
import { ForeignSession } from './foreign-session.js';
import { assignedContents, countAssigned } from './hold-point.js';
import { holding } from './holding.js';

const HELD_MS = 1_000;

/** Holds a snapshot, so that no dead row of the run can be removed: the classic failure of queues in PostgreSQL. */
export const holdSnapshot = faultThatNeeds(['countAssigned'], async (context) => {
  const { holder, taken: before } = await holding(ForeignSession.beginSnapshot(context), (session) =>
    countAssigned(session, context),
  );
  return {
    async strike(load) {
      await pause(HELD_MS, load.ended);
      const stillSeen = await countAssigned(holder, context);
      const assigned = (await assignedContents(context)) - before;
      await holder.close();
      const detail = `held a snapshot of ${stillSeen} assignments while ${assigned} more were made`;
      return { struck: assigned > 0, detail };
    },
    disarm: () => holder.close(),
  };
});
