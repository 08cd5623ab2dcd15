import type { Call } from '../domain/call.js';
import type { InvariantResult } from '../domain/run-result.js';
import { isOpen, type ContentHistory, type HistoryIndex } from './history-index.js';
import { invariant } from './invariant.js';
import { falseNoSlots } from './no-slot-check.js';
import { earliestClaim } from './possible-claims.js';
import type { RunClock } from './timeline.js';
import type { Violation } from './violation.js';

/**
 * Checks what the callers were told, without asking the database. n log n in the number of calls.
 *
 * @param index the whole history, once no call is under way
 * @param slots of each batch
 */
export function checkHistory(index: HistoryIndex, slots: number, clock: RunClock): InvariantResult[] {
  const contents = [...index.values()].flatMap((batch) => [...batch.values()]);
  const checks: [string, Violation[]][] = [
    ['one-created-per-content', contents.flatMap(createdAgain)],
    ['one-essay-per-content', contents.flatMap(severalEssays)],
    ['one-content-per-essay', sharedEssays(contents)],
    ['reused-names-created-essay', contents.flatMap(reusedWithoutCreated)],
    ['created-count', [...index].flatMap(([id, batch]) => wrongCount(id, batch, slots))],
    ['no-false-no-slot', [...index.values()].flatMap((batch) => falseNoSlots(batch, slots))],
  ];
  return checks.map(([name, violations]) => invariant(name, violations, clock));
}

function createdAgain({ created: [first, ...others] }: ContentHistory): Violation[] {
  return first === undefined ? [] : others.map((other) => ({ calls: [first, other] }));
}

/** Each call that was told of another essay than the first. */
function severalEssays({ created, reused }: ContentHistory): Violation[] {
  const first = created[0] ?? reused[0];
  if (first === undefined) return [];
  const others = [...created, ...reused].filter((call) => call.slotId !== first.slotId);
  return others.map((other) => ({ calls: [first, other] }));
}

/** One call per content that was told of the same essay. */
function sharedEssays(contents: readonly ContentHistory[]): Violation[] {
  const holders = new Map<string, Call>();
  const violations: Violation[] = [];
  for (const content of contents) {
    for (const [slotId, call] of essaysOf(content)) {
      const holder = holders.get(slotId);
      if (holder === undefined) holders.set(slotId, call);
      else violations.push({ calls: [holder, call] });
    }
  }
  return violations;
}

function essaysOf({ created, reused }: ContentHistory): Map<string, Call> {
  const essays = new Map<string, Call>();
  for (const call of created) essays.set(call.slotId ?? '', call);
  for (const call of reused) essays.set(call.slotId ?? '', call);
  return essays;
}

/**
 * Somebody must have created what was reused, before it was answered: a call that said so, or one whose reply was
 * lost.
 */
function reusedWithoutCreated(content: ContentHistory): Violation[] {
  const [creator] = content.created;
  const claim = earliestClaim(content);
  return content.reused.flatMap((call) => {
    if (creator !== undefined && call.slotId !== creator.slotId) return [{ calls: [creator, call] }];
    if (claim === undefined) return [{ calls: [call] }];
    return call.endMicros <= claim.startMicros ? [{ calls: [call, claim] }] : [];
  });
}

/**
 * created = min(slots, distinct contents). Contents without a definite answer may or may not hold a slot, so each of
 * them widens what is accepted by one.
 */
function wrongCount(batchId: string, batch: ReadonlyMap<string, ContentHistory>, slots: number): Violation[] {
  const contents = [...batch.values()];
  const open = contents.filter(isOpen).length;
  const created = contents.filter((content) => content.created.length + content.reused.length > 0).length;
  const most = Math.min(slots, contents.length);
  const least = Math.min(slots - open, contents.length - open);
  if (created >= least && created <= most) return [];
  const counts = { slots, contents: contents.length, created, expected: most, without_answer: open };
  return [{ calls: [], rows: [{ batch_id: batchId, ...counts }] }];
}
