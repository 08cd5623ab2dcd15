import pg from 'pg';
import { loadStatement } from '../database/statement.js';
import type { Delivery } from '../domain/scenario.js';
import { nowMicros } from '../runner/clock.js';
import type { RunningLoad } from '../runner/run-load.js';
import { contentId, deliveriesOf } from '../scenario/plan.js';
import { awaitBlocked, type BlockedCall } from './blocked.js';
import type { FaultGround } from './context.js';
import { ForeignSession, withSession } from './foreign-session.js';

const HOLD = {
  slots: loadStatement('faults/hold-slot'),
  essays: loadStatement('faults/hold-essay'),
} as const;
const ASSIGNED = loadStatement('faults/assigned');

const UNIQUE_VIOLATION = '23505';

/** Deliveries that are due sooner than this may be under way before they can be held. */
const LEAD_MS = 40;
const MAX_TRIES = 8;

/**
 * A foreign uncommitted row with a content's unique key: a claim for it locks its slot and then waits for that
 * row, for as long as it is held. An autocommit claim is far too short to be hit otherwise.
 */
export class HoldPoint {
  private constructor(
    private readonly ground: FaultGround,
    private readonly holder: ForeignSession,
    /** The content whose claim waits here. */
    readonly textStorageId: string,
  ) {}

  /**
   * Holds a content that will be delivered soon and that nobody has claimed yet.
   *
   * @param load under way; without it the barrier has not been released
   * @returns undefined when no such content was found
   */
  static async upcoming(ground: FaultGround, load?: RunningLoad): Promise<HoldPoint | undefined> {
    const { connections, workers } = ground.plan.scenario;
    const worker = Math.floor(ground.random() * workers);
    let skip = load === undefined ? Math.floor(ground.random() * connections) : await progress(ground, load);
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const delivery = nth(deliveriesOf({ plan: ground.plan, workerIndex: worker }), skip);
      if (delivery === undefined) return undefined;
      const holder = await hold(ground, delivery);
      if (holder) return new HoldPoint(ground, holder, contentId(ground.plan, delivery.content));
      skip += connections * 2 ** attempt;
    }
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

/** How many deliveries each worker has made and will make until a hold can be in place. */
async function progress(ground: FaultGround, load: RunningLoad): Promise<number> {
  const { workers, deliveries } = ground.plan.scenario;
  const made = deliveries * (await assignedContents(ground));
  const elapsedMs = Math.max(1, (nowMicros() - load.startMicros) / 1_000);
  return Math.ceil((made * (1 + LEAD_MS / elapsedMs)) / workers);
}

/** How many contents of the run have a slot by now. */
export function assignedContents(ground: FaultGround): Promise<number> {
  return withSession(ground, (session) => countAssigned(session, ground));
}

/** The same on a session's own snapshot. */
export async function countAssigned(session: ForeignSession, { plan }: FaultGround): Promise<number> {
  const rows = await session.query<{ assigned: number }>(ASSIGNED, { batch_ids: plan.batchIds });
  return rows[0]?.assigned ?? 0;
}

/** @returns undefined when the content is claimed already */
async function hold(ground: FaultGround, delivery: Delivery): Promise<ForeignSession | undefined> {
  const holder = await ForeignSession.begin(ground);
  try {
    await holder.query(HOLD[ground.inventory], {
      batch_id: ground.plan.batchIds[delivery.batch] ?? '',
      text_storage_id: contentId(ground.plan, delivery.content),
    });
    return holder;
  } catch (error) {
    await holder.close();
    if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) return undefined;
    throw error;
  }
}

function nth(deliveries: Iterable<Delivery>, position: number): Delivery | undefined {
  let at = 0;
  for (const delivery of deliveries) if (at++ === position) return delivery;
  return undefined;
}
