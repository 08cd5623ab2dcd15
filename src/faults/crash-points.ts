import { loadStatement } from '../database/statement.js';
import { awaitBlocked } from './blocked.js';
import type { ArmFault, FaultGround, Strike } from './context.js';
import { ForeignSession, withSession } from './foreign-session.js';
import { holding } from './holding.js';
import { leftUncompleted, orphanedContents } from './leftovers.js';
import { terminate } from './terminate-backend.js';

const LOCK_ESSAYS = loadStatement('faults/lock-free-essays');
const LOCK_TRACKERS = loadStatement('faults/lock-trackers');

const NOBODY_CAME: Strike = { struck: false, detail: 'no call came to the crash point' };

/**
 * SIGKILL of a worker between legacy's two transactions. The essays of all free slots are locked: the first
 * transaction takes its slot and commits, the second waits.
 */
export const killBetweenTransactions: ArmFault = async (ground) => {
  const { holder } = await holding(ForeignSession.begin(ground), (session) =>
    session.query(LOCK_ESSAYS, { batch_ids: ground.plan.batchIds }),
  );
  return {
    async strike(load) {
      const [call] = await awaitBlocked(ground, holder, load);
      if (call === undefined) return NOBODY_CAME;
      await load.stations[call.worker]?.killAndReplace();
      await terminate(ground, call.pid);
      const orphans = await orphansOf(ground, load.stations[call.worker]?.lostContents() ?? new Set());
      await holder.close();
      const detail = `killed worker ${call.worker + 1} between the two transactions of a call`;
      return {
        ...{ struck: true, detail, killed: call.worker, orphans },
        uncompleted: await leftUncompleted(ground),
      };
    },
    disarm: () => holder.close(),
  };
};

/** The slots that were taken for calls of the dead, and whose essays are not written. */
function orphansOf(ground: FaultGround, lostContents: ReadonlySet<string>): Promise<number> {
  return withSession(ground, async (session) => {
    const orphans = await orphanedContents(session, ground);
    return orphans.filter((textStorageId) => lostContents.has(textStorageId)).length;
  });
}

/**
 * SIGKILL of a worker between the commit of a batch's last claim and the completion statement. The trackers are
 * locked: claims do not touch them, a look that would complete its batch waits.
 */
export const killBeforeCompletion: ArmFault = async (ground) => {
  const { holder } = await holding(ForeignSession.begin(ground), (session) =>
    session.query(LOCK_TRACKERS, { batch_ids: ground.plan.batchIds }),
  );
  return {
    async strike(load) {
      const [call] = await awaitBlocked(ground, holder, load);
      if (call === undefined) return NOBODY_CAME;
      await load.stations[call.worker]?.killAndReplace();
      await terminate(ground, call.pid);
      await holder.close();
      const detail = `killed worker ${call.worker + 1} before its completion statement`;
      return { struck: true, detail, killed: call.worker, uncompleted: await leftUncompleted(ground) };
    },
    disarm: () => holder.close(),
  };
};
