import type { Call } from '../domain/call.js';
import type { ContentHistory } from './history-index.js';
import { earliestClaim } from './possible-claims.js';
import type { Violation } from './violation.js';

/**
 * A slot is never given back: when a `no_slot` was answered, the batch was full and stays so. By the end of the first
 * one, then, as many contents as there are slots had started to claim theirs, every content that has a slot among
 * them, and none that was itself told `no_slot`.
 *
 * @param slots of the batch
 */
export function falseNoSlots(batch: ReadonlyMap<string, ContentHistory>, slots: number): Violation[] {
  const contents = [...batch.values()];
  const first = firstNoSlot(contents);
  if (first === undefined) return [];
  const claims = contents.filter((content) => content.noSlot.length === 0).flatMap(claimOf);
  const late = claims.filter((call) => call.startMicros >= first.endMicros);
  return [
    ...contents.flatMap(slotAndNoSlot),
    ...late.filter(isHolders(batch)).map((call) => ({ calls: [first, call] })),
    ...(claims.length - late.length < slots ? [{ calls: [first, ...earliestOf(late)] }] : []),
  ];
}

function firstNoSlot(contents: readonly ContentHistory[]): Call | undefined {
  let first: Call | undefined;
  for (const { noSlot } of contents) {
    for (const call of noSlot) if (first === undefined || call.endMicros < first.endMicros) first = call;
  }
  return first;
}

/** A content that has a slot was told that there was none. */
function slotAndNoSlot({ created, reused, noSlot }: ContentHistory): Violation[] {
  const [told] = noSlot;
  const holder = created[0] ?? reused[0];
  return told === undefined || holder === undefined ? [] : [{ calls: [told, holder] }];
}

function claimOf(content: ContentHistory): Call[] {
  const claim = earliestClaim(content);
  return claim === undefined ? [] : [claim];
}

/** Whether a claim's content has a slot for certain. */
function isHolders(batch: ReadonlyMap<string, ContentHistory>): (call: Call) => boolean {
  return ({ contentId }) => {
    const content = batch.get(contentId);
    return content !== undefined && content.created.length + content.reused.length > 0;
  };
}

function earliestOf(calls: readonly Call[]): Call[] {
  let earliest: Call | undefined;
  for (const call of calls) {
    if (earliest === undefined || call.startMicros < earliest.startMicros) earliest = call;
  }
  return earliest === undefined ? [] : [earliest];
}
