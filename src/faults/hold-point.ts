import { nowMicros } from '../base/clock.js';
import { serverError } from '../database/failure.js';
import { loadStatement } from '../database/statement.js';
import type { Delivery } from '../domain/scenario.js';
import type { RunningLoad } from '../runner/run-load.js';
import { contentId as idOf, deliveriesOf } from '../workload/plan.js';
import type { CallAtServer } from './at-server.js';
import { awaitBlocked } from './blocked.js';
import type { FaultContext } from './context.js';
import { ForeignSession, withSession } from './foreign-session.js';

/** What stops a claim that holds a slot, of a content that nobody has claimed yet. */
export const HOLD_POINT = ['holdContent', 'countAssigned'] as const;
export type HoldContext = FaultContext<(typeof HOLD_POINT)[number]>;

/** Where it can be told how many contents have a slot. */
type CountingGround = FaultContext<'countAssigned'>;

/** Somebody has the content, or is about to: unique_violation, lock_not_available. */
const TAKEN = ['23505', '55P03'];

/** Deliveries that are due sooner than this may be under way before they can be held; doubled with each try. */
const LEAD_MS = 20;
const MAX_TRIES = 6;

/**
 * A foreign uncommitted row with a content's unique key: a claim for it locks its slot and then waits for that
 * row, for as long as it is held. An autocommit claim is far too short to be hit otherwise.
 */
export class HoldPoint {
  private constructor(
    private readonly context: HoldContext,
    private readonly holder: ForeignSession,
    /** The content whose claim waits here. */
    readonly contentId: string,
  ) {}

  /**
   * Holds a content that will be delivered soon and that nobody has claimed yet.
   *
   * @param load under way; without it the barrier has not been released
   * @returns undefined when no such content was found
   */
  static async upcoming(context: HoldContext, load?: RunningLoad): Promise<HoldPoint | undefined> {
    const holder = await ForeignSession.begin(context);
    try {
      const contentId = await holdUpcoming(context, holder, load);
      if (contentId !== undefined) return new HoldPoint(context, holder, contentId);
    } catch (error) {
      await holder.close();
      throw error;
    }
    await holder.close();
    return undefined;
  }

  /** The calls that hold a slot and wait here; none when the load ended or the time passed before. */
  awaitClaim(load: RunningLoad): Promise<CallAtServer[]> {
    return awaitBlocked(this.context, this.holder, load);
  }

  /** Lets the claim go on. */
  release(): Promise<void> {
    return this.holder.close();
  }
}

/** @returns the content that is held; undefined when none was found */
async function holdUpcoming(
  context: HoldContext,
  holder: ForeignSession,
  load: RunningLoad | undefined,
): Promise<string | undefined> {
  const worker = Math.floor(context.random() * context.plan.scenario.workers);
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const skip = load ? await progress(context, holder, load, LEAD_MS * 2 ** attempt) : early(context);
    const delivery = nth(deliveriesOf({ plan: context.plan, workerIndex: worker }), skip);
    if (delivery === undefined) return undefined;
    const contentId = idOf(context.plan, delivery.content);
    if (context.held.has(contentId)) continue;
    if (!(await hold(context, holder, delivery))) continue;
    context.held.add(contentId);
    return contentId;
  }
  return undefined;
}

/** One of the first deliveries of a worker. */
function early({ random, plan: { scenario, totalDeliveries } }: HoldContext): number {
  const each = Math.max(1, Math.floor(totalDeliveries / scenario.workers));
  return Math.floor(random() * Math.min(scenario.connections, each));
}

/** How many deliveries each worker has made and will make within the lead. */
async function progress(
  context: HoldContext,
  session: ForeignSession,
  load: RunningLoad,
  leadMs: number,
): Promise<number> {
  const { workers, deliveries } = context.plan.scenario;
  const made = deliveries * (await countAssigned(session, context));
  const elapsedMs = Math.max(1, (nowMicros() - load.startMicros) / 1_000);
  return Math.ceil((made * (1 + leadMs / elapsedMs)) / workers);
}

/** How many contents of the run have a slot by now. */
export function assignedContents(context: CountingGround): Promise<number> {
  return withSession(context, (session) => countAssigned(session, context));
}

/** The same on a session's own snapshot. */
export async function countAssigned(session: ForeignSession, context: CountingGround): Promise<number> {
  const count = loadStatement(context.weakSpots.countAssigned);
  const rows = await session.query<{ assigned: number }>(count, { batch_ids: context.plan.batchIds });
  return rows[0]?.assigned ?? 0;
}

/** @returns false when the content is claimed already */
async function hold(context: HoldContext, holder: ForeignSession, delivery: Delivery): Promise<boolean> {
  const holdContent = loadStatement(context.weakSpots.holdContent);
  try {
    await holder.query(holdContent, {
      batch_id: context.plan.batchIds[delivery.batch] ?? '',
      content_id: idOf(context.plan, delivery.content),
    });
    return true;
  } catch (error) {
    if (!TAKEN.includes(serverError(error)?.code ?? '')) throw error;
    await holder.beginAgain();
    return false;
  }
}

function nth(deliveries: Iterable<Delivery>, position: number): Delivery | undefined {
  let at = 0;
  for (const delivery of deliveries) if (at++ === position) return delivery;
  return undefined;
}
