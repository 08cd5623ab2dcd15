import { loadStatement } from '../database/statement.js';
import { awaitBlocked, blockedCalls } from './blocked.js';
import type { ArmFault, FaultGround, Strike } from './context.js';
import { ForeignSession, withSession } from './foreign-session.js';
import { countOrphans, leftUncompleted } from './leftovers.js';
import { terminate } from './terminate-backend.js';

const LOCK_ESSAYS = loadStatement('faults/lock-free-essays');
const LOCK_TRACKERS = loadStatement('faults/lock-trackers');

const NOBODY_CAME: Strike = { struck: false, detail: 'no call came to the crash point' };

/**
 * SIGKILL of a worker between legacy's two transactions. The essays of all free slots are locked: the first
 * transaction takes its slot and commits, the second waits.
 */
export const killBetweenTransactions: ArmFault = async (ground) => {
  const holder = await ForeignSession.begin(ground);
  await holder.query(LOCK_ESSAYS, { batch_ids: ground.plan.batchIds });
  return {
    async strike(load) {
      const [call] = await awaitBlocked(ground, holder, load);
      if (call === undefined) return NOBODY_CAME;
      await load.stations[call.worker]?.killAndReplace();
      await terminate(ground, call.pid);
      const orphans = await orphansOf(call.worker, ground, holder);
      await holder.close();
      const detail = `killed worker ${call.worker + 1} between the two transactions of a call`;
      return { struck: true, detail, orphans, uncompleted: await leftUncompleted(ground) };
    },
    disarm: () => holder.close(),
  };
};

/** The slots that the dead took, apart from those of the living whose second transaction waits as well. */
function orphansOf(worker: number, ground: FaultGround, holder: ForeignSession): Promise<number> {
  return withSession(ground, async (session) => {
    const orphans = await countOrphans(session, ground);
    const waiting = await blockedCalls(ground, session, holder);
    return Math.max(1, orphans - waiting.filter((call) => call.worker !== worker).length);
  });
}

/**
 * SIGKILL of a worker between the commit of a batch's last claim and the completion statement. The trackers are
 * locked: claims do not touch them, a look that would complete its batch waits.
 */
export const killBeforeCompletion: ArmFault = async (ground) => {
  const holder = await ForeignSession.begin(ground);
  await holder.query(LOCK_TRACKERS, { batch_ids: ground.plan.batchIds });
  return {
    async strike(load) {
      const [call] = await awaitBlocked(ground, holder, load);
      if (call === undefined) return NOBODY_CAME;
      await load.stations[call.worker]?.killAndReplace();
      await terminate(ground, call.pid);
      await holder.close();
      const detail = `killed worker ${call.worker + 1} before its completion statement`;
      return { struck: true, detail, uncompleted: await leftUncompleted(ground) };
    },
    disarm: () => holder.close(),
  };
};
