import type { Call } from '../domain/call.js';
import { countSuccesses, successesOf, type ContentHistory } from './history-index.js';

/** Who holds one slot at the most: a content; where deliveries are not idempotent, a call. */
export interface Claimant {
  readonly content: ContentHistory;
  /** Whether it has a slot for certain, not only possibly. */
  readonly certain: boolean;
  /** Whether it was told `no_slot`. */
  readonly refused: boolean;
  /** The claim that started first, of those of which one took the slot; undefined where none is known. */
  readonly claim: Call | undefined;
}

/**
 * Everybody who may hold a slot of a batch.
 *
 * @param idempotent whether a content holds one slot, however often it is delivered
 * @param retriesUntold whether any `reused` may have taken its slot in an attempt that was lost
 */
export function claimantsOf(
  batch: ReadonlyMap<string, ContentHistory>,
  idempotent: boolean,
  retriesUntold: boolean,
): Claimant[] {
  const claimants: Claimant[] = [];
  for (const content of batch.values()) {
    if (idempotent) {
      const certain = countSuccesses(content) > 0;
      if (!certain && content.indefinite.length === 0) continue;
      const claim = earliest(claimsOf(content, retriesUntold));
      claimants.push({ content, certain, refused: content.noSlot.length > 0, claim });
    } else {
      for (const claim of successesOf(content))
        claimants.push({ content, certain: true, refused: false, claim });
      for (const claim of content.indefinite)
        claimants.push({ content, certain: false, refused: false, claim });
    }
  }
  return claimants;
}

/**
 * The calls of which one took the slot of a content: those that said so (several are a violation of their own) with the lost
 * ones of the same delivery, and where none said so all that may have. What was lost of a delivery may have taken the slot
 * that its redelivery is told of as created: code that knows deliveries by their `callId` says so.
 */
export function claimsOf(
  { created, reused, assigned, indefinite }: ContentHistory,
  retriesUntold: boolean,
): readonly Call[] {
  if (created.length === 0) {
    return [...assigned, ...indefinite, ...reused.filter((call) => retriesUntold || call.replyLost)];
  }
  if (indefinite.length === 0) return created;
  const deliveries = new Set(created.map((call) => call.callId));
  return [...created, ...indefinite.filter((call) => deliveries.has(call.callId))];
}

/** The call that started first. */
export function earliest(calls: readonly Call[]): Call | undefined {
  let first: Call | undefined;
  for (const call of calls) if (first === undefined || call.startMicros < first.startMicros) first = call;
  return first;
}
