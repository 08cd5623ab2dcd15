import type { Call } from '../domain/call.js';
import type { InvariantResult, Witness } from '../domain/run-result.js';
import { isOpen, type ContentHistory, type HistoryIndex } from './history-index.js';
import { invariant } from './invariant.js';

/**
 * Checks what the callers were told, without asking the database.
 *
 * @param index the whole history, once no call is under way
 * @param slots of each batch
 */
export function checkHistory(index: HistoryIndex, slots: number): InvariantResult[] {
  const contents = [...index.values()].flatMap((batch) => [...batch.values()]);
  return [
    invariant('one-created-per-content', contents.flatMap(createdAgain)),
    invariant('one-essay-per-content', contents.flatMap(severalEssays)),
    invariant('one-content-per-essay', sharedEssays(contents)),
    invariant('reused-names-created-essay', contents.flatMap(reusedWithoutCreated)),
    invariant(
      'created-count',
      [...index.entries()].flatMap(([id, batch]) => wrongCount(id, batch, slots)),
    ),
    invariant(
      'no-false-no-slot',
      [...index.values()].flatMap((batch) => falseNoSlots(batch, slots)),
    ),
  ];
}

/** A call as a witness: who, when, what came back. */
function describe(call: Call): Witness {
  return {
    worker: call.worker + 1,
    batch_id: call.batchId,
    content: call.textStorageId,
    call: call.correlationId,
    outcome: call.outcome,
    essay_id: call.essayId,
    start_micros: Math.round(call.startMicros),
    end_micros: Math.round(call.endMicros),
  };
}

function createdAgain({ created }: ContentHistory): Witness[] {
  return created.length > 1 ? created.map(describe) : [];
}

/** One call per essay that a content was told of, where there are several. */
function severalEssays({ created, reused }: ContentHistory): Witness[] {
  const byEssay = new Map([...created, ...reused].map((call) => [call.essayId, call]));
  return byEssay.size > 1 ? [...byEssay.values()].map(describe) : [];
}

/** One call per content that was told of the same essay. */
function sharedEssays(contents: readonly ContentHistory[]): Witness[] {
  const holders = new Map<string, Call>();
  const witnesses: Witness[] = [];
  for (const content of contents) {
    for (const [essayId, call] of essaysOf(content)) {
      const holder = holders.get(essayId);
      if (holder === undefined) holders.set(essayId, call);
      else witnesses.push(describe(holder), describe(call));
    }
  }
  return witnesses;
}

function essaysOf({ created, reused }: ContentHistory): Map<string, Call> {
  return new Map([...created, ...reused].map((call) => [call.essayId ?? '', call]));
}

/** Somebody must have created what was reused: a call that said so, or one whose reply was lost. */
function reusedWithoutCreated(content: ContentHistory): Witness[] {
  const { created, reused } = content;
  if (created.length > 0) {
    return reused.filter((call) => call.essayId !== created[0]?.essayId).map(describe);
  }
  return possibleClaims(content).length > 0 ? [] : reused.map(describe);
}

/** The calls that took the content's slot, or may have. */
function possibleClaims({ created, reused, indefinite }: ContentHistory): Call[] {
  return [...created, ...indefinite, ...reused.filter((call) => call.replyLost)];
}

/**
 * created = min(slots, distinct contents). Contents without a definite answer may or may not hold a slot, so
 * each of them widens what is accepted by one.
 */
function wrongCount(batchId: string, batch: ReadonlyMap<string, ContentHistory>, slots: number): Witness[] {
  const contents = [...batch.values()];
  const open = contents.filter(isOpen).length;
  const created = contents.filter((content) => content.created.length + content.reused.length > 0).length;
  const most = Math.min(slots, contents.length);
  const least = Math.min(slots - open, contents.length - open);
  if (created >= least && created <= most) return [];
  return [
    { batch_id: batchId, slots, contents: contents.length, created, expected: most, without_answer: open },
  ];
}

/**
 * A `no_slot` is false if fewer claims of other contents than there are slots had started before it ended, or if
 * its content's own `created` had ended before it started.
 */
function falseNoSlots(batch: ReadonlyMap<string, ContentHistory>, slots: number): Witness[] {
  const contents = [...batch.values()];
  const starts = contents.flatMap(earliestClaim).sort((a, b) => a - b);
  return contents.flatMap((content) => {
    const [ownClaimMicros = Infinity] = earliestClaim(content);
    const isAmongFirst = ownClaimMicros <= (starts[slots - 1] ?? Infinity);
    const lastClaimMicros = starts[isAmongFirst ? slots : slots - 1] ?? Infinity;
    const createdMicros = content.created[0]?.endMicros ?? Infinity;
    const isFalse = (call: Call) => call.endMicros <= lastClaimMicros || createdMicros <= call.startMicros;
    return content.noSlot.filter(isFalse).map(describe);
  });
}

/** When a content's claim started, at the earliest; a content holds one slot at the most. */
function earliestClaim(content: ContentHistory): number[] {
  const starts = possibleClaims(content).map((call) => call.startMicros);
  return starts.length > 0 ? [Math.min(...starts)] : [];
}
