import type { Call } from '../domain/call.js';
import { countRows, type BatchEvidence, type Evidence } from './run-evidence.js';
import { countSuccesses, successesOf } from './history-index.js';
import type { Violation } from './violation.js';

// A slot is never given back: when a truthful `no_slot` was answered the batch was full, and stays so. By the end of
// the first one, then, as many as there are slots had started to claim theirs, everybody who has a slot among them,
// and no content that was itself told `no_slot`.

/** A content that has a slot was told that there was none. */
export function slotAndNoSlot({ batches }: Evidence): Violation[] {
  const found: Violation[] = [];
  for (const { contents } of batches) {
    for (const content of contents.values()) {
      const [refused] = content.noSlot;
      if (refused === undefined || countSuccesses(content) === 0) continue;
      const [holder] = successesOf(content);
      if (holder !== undefined) found.push({ calls: [refused, holder] });
    }
  }
  return found;
}

/** A slot was taken after the batch had been full. */
export function takenWhenFull({ batches }: Evidence): Violation[] {
  return batches.flatMap(({ firstNoSlot, claimants }) =>
    firstNoSlot === undefined
      ? []
      : claimants
          .filter(({ certain, claim }) => certain && claim !== undefined && isLate(claim, firstNoSlot))
          .flatMap(({ claim }) => (claim === undefined ? [] : [{ calls: [firstNoSlot, claim] }])),
  );
}

/** Too few can have held a slot by then. */
export function tooFewForFull({ batches }: Evidence): Violation[] {
  return batches.flatMap((batch) => {
    const { firstNoSlot, claimants, slots } = batch;
    if (firstNoSlot === undefined) return [];
    const held = claimants.filter(
      ({ refused, claim }) => !refused && claim !== undefined && !isLate(claim, firstNoSlot),
    );
    return held.length < slots ? [{ calls: [firstNoSlot, ...proofOf(batch)] }] : [];
  });
}

/** Enough to understand who had a slot when. */
const MAX_PROOF = 9;

/** The claims of a batch, the earliest first: with the `no_slot` they show that it was not full. */
function proofOf({ claimants }: BatchEvidence): Call[] {
  return claimants
    .flatMap((claimant) => (claimant.claim === undefined ? [] : [claimant.claim]))
    .sort((a, b) => a.startMicros - b.startMicros)
    .slice(0, MAX_PROOF);
}

function isLate(claim: Call, noSlot: Call): boolean {
  return claim.startMicros > noSlot.endMicros;
}

/** Where callers were told `no_slot` the batch stays full: as many rows as slots. */
export function notFull({ batches }: Evidence): Violation[] {
  return batches.flatMap(({ batchId, slots, firstNoSlot, rows }) =>
    firstNoSlot === undefined || rows.length === slots
      ? []
      : [{ calls: [firstNoSlot], rows: [{ batchId, slots, rows: rows.length }] }],
  );
}

/** A row of a content whose lost calls started when the batch had been full. */
export function storedWhenFull({ batches, promises }: Evidence): Violation[] {
  return batches.flatMap(({ batchId, firstNoSlot, contents, rows }) => {
    if (firstNoSlot === undefined) return [];
    return [...countRows(rows)].flatMap(([contentId, stored]) => {
      const content = contents.get(contentId);
      if (content === undefined || content.indefinite.length === 0) return [];
      const successes = countSuccesses(content);
      const late = content.indefinite.filter((call) => isLate(call, firstNoSlot));
      const early = content.indefinite.length - late.length;
      const explained = promises.idempotent && successes > 0 ? stored : successes + early;
      if (late.length === 0 || stored <= explained) return [];
      return [{ calls: [firstNoSlot, ...late], rows: [{ batchId, contentId, rows: stored, explained }] }];
    });
  });
}
