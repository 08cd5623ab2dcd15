import { loadStatement } from '../database/statement.js';
import type { RunningLoad } from '../runner/run-load.js';
import type { CallAtServer } from './at-server.js';
import { awaitBlocked } from './blocked.js';
import { faultThatNeeds, type FaultContext, type FaultOnCalls, type Strike } from './context.js';
import { ForeignSession, withSession } from './foreign-session.js';
import { holding } from './holding.js';
import { leftUncompleted, orphanedContents } from './leftovers.js';
import { terminate } from './terminate-backend.js';

/** Where a call can be killed half-way. */
type CrashPoint = 'betweenTransactions' | 'beforeCompletion';

/** What is to be told of a killed call while everybody else still waits. */
type Tell<Spot extends CrashPoint> = (
  context: FaultContext<Spot>,
  load: RunningLoad,
  call: CallAtServer,
) => Promise<Pick<Strike, 'detail' | 'orphans'>>;

/** SIGKILL of a worker whose call waits for locks of a foreign session; its backend ends with it. */
function killHalfWay<Spot extends CrashPoint>(spot: Spot, tell: Tell<Spot>): FaultOnCalls {
  return faultThatNeeds([spot], async (context) => {
    const lock = loadStatement(context.weakSpots[spot].lock);
    const { holder } = await holding(ForeignSession.begin(context), (session) =>
      session.query(lock, { batch_ids: context.plan.batchIds }),
    );
    return {
      async strike(load) {
        const [call] = await awaitBlocked(context, holder, load);
        if (call === undefined) return { struck: false, detail: 'no call came to the crash point' };
        await load.stations[call.worker]?.killAndReplace();
        await terminate(context, call.pid);
        const told = await tell(context, load, call);
        await holder.close();
        const uncompleted = await leftUncompleted(context);
        return { struck: true, killed: call.worker, ...told, uncompleted };
      },
      disarm: () => holder.close(),
    };
  });
}

/**
 * SIGKILL of a worker between the two transactions of a call. What the second one writes is locked: the first takes its
 * slot and commits, the second waits.
 */
export const killBetweenTransactions = killHalfWay(
  'betweenTransactions',
  async (context, load, { worker }) => ({
    detail: `killed worker ${worker + 1} between the two transactions of a call`,
    orphans: await orphansOf(context, load.stations[worker]?.lostContents() ?? new Set()),
  }),
);

/**
 * SIGKILL of a worker between the commit of a batch's last claim and the completion statement. What says that a batch is
 * complete is locked: claims do not touch it, a look that would complete its batch waits.
 */
export const killBeforeCompletion = killHalfWay('beforeCompletion', (_context, _load, { worker }) =>
  Promise.resolve({ detail: `killed worker ${worker + 1} before its completion statement` }),
);

/** The slots that were taken for calls of the killed worker, whose second transaction was never made. */
function orphansOf(
  context: FaultContext<'betweenTransactions'>,
  lostContents: ReadonlySet<string>,
): Promise<number> {
  return withSession(context, async (session) => {
    const orphans = await orphanedContents(session, context);
    return orphans.filter((contentId) => lostContents.has(contentId)).length;
  });
}
