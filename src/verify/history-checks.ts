import type { Call } from '../domain/call.js';
import { claimsOf, earliest } from './claims.js';
import type { BatchEvidence, Evidence } from './run-evidence.js';
import { countSuccesses, successesOf, type ContentHistory } from './history-index.js';
import type { Violation } from './violation.js';

// What callers were told, without the database. Each check takes what invariants.ts says it may be asked of, and
// returns what violates it; n log n in the number of calls.

/** Two calls of a content that each say they took its slot. */
export function createdAgain(evidence: Evidence): Violation[] {
  return ofEachContent(evidence, ({ created: [first, ...others] }) =>
    first === undefined ? [] : others.map((other) => ({ calls: [first, other] })),
  );
}

/** Each call that was told of another slot than the first of its content. */
export function severalSlots(evidence: Evidence): Violation[] {
  return ofEachContent(evidence, (content) => {
    if (countSuccesses(content) < 2) return [];
    const [first, ...others] = successesOf(content);
    if (first === undefined) return [];
    return others.filter(({ slotId }) => slotId !== first.slotId).map((other) => ({ calls: [first, other] }));
  });
}

/** One call for each content, or for each call where deliveries are not idempotent, that was told of the same slot. */
export function sharedSlots({ promises, batches }: Evidence): Violation[] {
  return batches.flatMap(({ contents }) => {
    const holders = new Map<string, Call>();
    const violations: Violation[] = [];
    for (const content of contents.values()) {
      for (const call of successesOf(content)) {
        if (call.slotId === null) continue;
        const holder = holders.get(call.slotId);
        if (holder === undefined) holders.set(call.slotId, call);
        else if (!promises.idempotent || holder.contentId !== call.contentId)
          violations.push({ calls: [holder, call] });
      }
    }
    return violations;
  });
}

/** Somebody must have started to take what was reused before that was answered. */
export function reusedTooEarly(evidence: Evidence): Violation[] {
  const retriesUntold = evidence.circumstances.retriesUntold ?? false;
  return ofEachContent(evidence, (content) => {
    const asked = content.reused.filter((call) => call.replyLost || !retriesUntold);
    if (asked.length === 0) return [];
    const claim = earliest(claimsOf(content, retriesUntold));
    return asked.flatMap((call) => {
      if (claim === undefined) return [{ calls: [call] }];
      return call.endMicros < claim.startMicros ? [{ calls: [call, claim] }] : [];
    });
  });
}

/** A content that had a slot was told that there was none. */
export function refusedAfterwards(evidence: Evidence): Violation[] {
  return ofEachContent(evidence, (content) => {
    if (content.noSlot.length === 0) return [];
    const first = firstToEnd(successesOf(content));
    if (first === undefined) return [];
    return content.noSlot
      .filter((refused) => first.endMicros < refused.startMicros)
      .map((refused) => ({ calls: [first, refused] }));
  });
}

/** More have a slot for certain than there are slots: told with the claims that ended as the last that fits and the next. */
export function beyondCapacity({ batches }: Evidence): Violation[] {
  return batches.flatMap(({ batchId, slots, claimants }) => {
    const certain = claimants.filter((claimant) => claimant.certain);
    const holders = certain.length;
    if (holders <= slots) return [];
    const claims = certain.flatMap(({ claim }) => claim ?? []).sort((a, b) => a.endMicros - b.endMicros);
    const calls = claims.slice(Math.max(0, slots - 1), slots + 1);
    return [{ calls, rows: [{ batchId, slots, holders }] }];
  });
}

/** A call was told of a slot, or a row names one, that was not registered for the batch. */
export function foreignSlots({ batches }: Evidence): Violation[] {
  return batches.flatMap(({ contents, slotIds, rows }) => {
    if (slotIds === undefined) return [];
    const isForeign = ({ slotId }: { readonly slotId: string | null }) =>
      slotId !== null && !slotIds.has(slotId);
    const calls = [...contents.values()].flatMap((content) => successesOf(content).filter(isForeign));
    return [
      ...calls.map((call) => ({ calls: [call] })),
      ...rows
        .filter(isForeign)
        .map(({ batchId, contentId, slotId }) => ({ calls: [], rows: [{ batchId, contentId, slotId }] })),
    ];
  });
}

/** A closing call found no slot although some were free and no rival was left. */
export function refusedAlone({ batches, circumstances }: Evidence): Violation[] {
  return batches.flatMap((batch) => {
    if (batch.claimants.length >= batch.slots) return [];
    return closingCalls(batch, circumstances.closing).map((call) => ({ calls: [call] }));
  });
}

function closingCalls({ contents }: BatchEvidence, closing: ReadonlySet<Call> | undefined): Call[] {
  if (closing === undefined) return [];
  return [...contents.values()].flatMap(({ noSlot }) => noSlot.filter((call) => closing.has(call)));
}

function ofEachContent({ batches }: Evidence, check: (content: ContentHistory) => Violation[]): Violation[] {
  const found: Violation[] = [];
  for (const { contents } of batches) {
    for (const content of contents.values()) for (const violation of check(content)) found.push(violation);
  }
  return found;
}

function firstToEnd(calls: readonly Call[]): Call | undefined {
  let first: Call | undefined;
  for (const call of calls) if (first === undefined || call.endMicros < first.endMicros) first = call;
  return first;
}
