import type { Call } from '#els/domain/call.js';

/**
 * How well some order of effects explains a history: `no` order does; one does but leaves a slot free that a content
 * should have got (`unfinished`); or one does (`yes`).
 */
export type Explained = 'no' | 'unfinished' | 'yes';

/** Who holds which slot. An essay is null while no answer named it. */
interface Holding {
  readonly slotId: string | null;
  /** The call that took it and was not told. */
  readonly untold: string | null;
}
type Holdings = ReadonlyMap<string, Holding>;

/**
 * Decides by exhaustive search whether a history of one batch is linearizable: each call takes effect at one instant
 * strictly between its start and its end. A call without a definite answer may take effect at any instant after its
 * start, or never; an error has none. Exponential in the number of calls.
 * Herlihy & Wing, "Linearizability", ACM TOPLAS 12(3), 1990.
 */
export function explain(history: readonly Call[], slots: number): Explained {
  const calls = history.filter((call) => mayHaveHappened(call) || hasAnswer(call));
  const mustHold = [...new Set(history.map((call) => call.contentId))].filter(
    (content) => !isOpenEnded(history.filter((call) => call.contentId === content)),
  );
  const seen = new Set<string>();
  let best: Explained = 'no';

  function search(pending: readonly Call[], holdings: Holdings): void {
    const key = JSON.stringify([pending.map((call) => calls.indexOf(call)), [...holdings].sort()]);
    if (best === 'yes' || seen.has(key)) return;
    seen.add(key);
    if (!pending.some(hasAnswer)) {
      const isFull = holdings.size === slots || mustHold.every((content) => holdings.has(content));
      best = isFull ? 'yes' : 'unfinished';
    }
    for (const next of pending) {
      if (pending.some((call) => hasAnswer(call) && call.endMicros <= next.startMicros)) continue;
      const rest = pending.filter((call) => call !== next);
      for (const after of effects(next, holdings, slots)) search(rest, after);
    }
  }

  search(calls, new Map());
  return best;
}

function hasAnswer({ outcome }: Call): boolean {
  return outcome === 'created' || outcome === 'reused' || outcome === 'no_slot';
}

function mayHaveHappened({ outcome, errorCode }: Call): boolean {
  const indefinite = ['database_unavailable', 'contention_deadline'];
  return outcome === 'unknown' || (errorCode !== null && indefinite.includes(errorCode));
}

/** Whether nobody can say if a content should hold a slot. */
function isOpenEnded(calls: readonly Call[]): boolean {
  return calls.some(mayHaveHappened) && !calls.some(hasAnswer);
}

/** What a call may leave behind where it comes next; nothing where its answer would be wrong. */
function effects(call: Call, holdings: Holdings, slots: number): Holdings[] {
  const own = holdings.get(call.contentId);
  const mayTake = own === undefined && holdings.size < slots;
  if (mayHaveHappened(call)) {
    return mayTake ? [held(call, holdings, { slotId: null, untold: call.callId })] : [];
  }
  if (call.outcome === 'no_slot') return own === undefined && holdings.size === slots ? [holdings] : [];
  const isForeign = [...holdings].some(
    ([content, { slotId }]) => content !== call.contentId && slotId === call.slotId,
  );
  if (isForeign) return [];
  if (own === undefined) {
    const takes = call.outcome === 'created' || call.replyLost;
    return takes && mayTake ? [held(call, holdings, { slotId: call.slotId, untold: null })] : [];
  }
  if (own.slotId !== null && own.slotId !== call.slotId) return [];
  if (call.outcome === 'reused') return [held(call, holdings, { ...own, slotId: call.slotId })];
  const findsItsOwn = call.recovered && own.untold === call.callId;
  return findsItsOwn ? [held(call, holdings, { slotId: call.slotId, untold: null })] : [];
}

function held({ contentId: contentId }: Call, holdings: Holdings, holding: Holding): Holdings {
  return new Map([...holdings, [contentId, holding]]);
}
