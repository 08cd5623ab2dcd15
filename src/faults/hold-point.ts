import { nowMicros } from '../base/clock.js';
import { serverError } from '../database/failure.js';
import { loadStatement } from '../database/statement.js';
import type { Delivery } from '../domain/scenario.js';
import type { RunningLoad } from '../runner/run-load.js';
import { contentId as idOf, deliveriesOf } from '../workload/plan.js';
import { awaitBlocked, type BlockedCall } from './blocked.js';
import type { FaultGround } from './context.js';
import { ForeignSession, withSession } from './foreign-session.js';

/** What stops a claim that holds a slot, of a content that nobody has claimed yet. */
export const HOLD_POINT = ['holdContent', 'countAssigned'] as const;
export type HoldGround = FaultGround<(typeof HOLD_POINT)[number]>;

/** Where it can be told how many contents have a slot. */
type CountingGround = FaultGround<'countAssigned'>;

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
    private readonly ground: HoldGround,
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
  static async upcoming(ground: HoldGround, load?: RunningLoad): Promise<HoldPoint | undefined> {
    const holder = await ForeignSession.begin(ground);
    try {
      const contentId = await holdUpcoming(ground, holder, load);
      if (contentId !== undefined) return new HoldPoint(ground, holder, contentId);
    } catch (error) {
      await holder.close();
      throw error;
    }
    await holder.close();
    return undefined;
  }

  /** The calls that hold a slot and wait here; none when the load ended or the time passed before. */
  awaitClaim(load: RunningLoad): Promise<BlockedCall[]> {
    return awaitBlocked(this.ground, this.holder, load);
  }

  /** Lets the claim go on. */
  release(): Promise<void> {
    return this.holder.close();
  }
}

/** @returns the content that is held; undefined when none was found */
async function holdUpcoming(
  ground: HoldGround,
  holder: ForeignSession,
  load: RunningLoad | undefined,
): Promise<string | undefined> {
  const worker = Math.floor(ground.random() * ground.plan.scenario.workers);
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const skip = load ? await progress(ground, holder, load, LEAD_MS * 2 ** attempt) : early(ground);
    const delivery = nth(deliveriesOf({ plan: ground.plan, workerIndex: worker }), skip);
    if (delivery === undefined) return undefined;
    const contentId = idOf(ground.plan, delivery.content);
    if (ground.held.has(contentId)) continue;
    if (!(await hold(ground, holder, delivery))) continue;
    ground.held.add(contentId);
    return contentId;
  }
  return undefined;
}

/** One of the first deliveries of a worker. */
function early({ random, plan: { scenario, totalDeliveries } }: HoldGround): number {
  const each = Math.max(1, Math.floor(totalDeliveries / scenario.workers));
  return Math.floor(random() * Math.min(scenario.connections, each));
}

/** How many deliveries each worker has made and will make within the lead. */
async function progress(
  ground: HoldGround,
  session: ForeignSession,
  load: RunningLoad,
  leadMs: number,
): Promise<number> {
  const { workers, deliveries } = ground.plan.scenario;
  const made = deliveries * (await countAssigned(session, ground));
  const elapsedMs = Math.max(1, (nowMicros() - load.startMicros) / 1_000);
  return Math.ceil((made * (1 + leadMs / elapsedMs)) / workers);
}

/** How many contents of the run have a slot by now. */
export function assignedContents(ground: CountingGround): Promise<number> {
  return withSession(ground, (session) => countAssigned(session, ground));
}

/** The same on a session's own snapshot. */
export async function countAssigned(session: ForeignSession, ground: CountingGround): Promise<number> {
  const count = loadStatement(ground.weakSpots.countAssigned);
  const rows = await session.query<{ assigned: number }>(count, { batch_ids: ground.plan.batchIds });
  return rows[0]?.assigned ?? 0;
}

/** @returns false when the content is claimed already */
async function hold(ground: HoldGround, holder: ForeignSession, delivery: Delivery): Promise<boolean> {
  const holdContent = loadStatement(ground.weakSpots.holdContent);
  try {
    await holder.query(holdContent, {
      batch_id: ground.plan.batchIds[delivery.batch] ?? '',
      content_id: idOf(ground.plan, delivery.content),
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
