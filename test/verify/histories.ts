import { mayHaveHappenedBy, type Call } from '#els/domain/call.js';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import type { InvariantResult } from '#els/domain/run-result.js';
import { verifyHistory } from '#els/verify/verify-run.js';
import type { Draw } from '../support/draws.js';

/** Times of hand-made histories count from 0. */
export const NO_CLOCK = { startMicros: 0, faults: [] };

/** The shape of a hand-made history: one batch. */
export interface Shape {
  readonly slots: number;
  readonly contents: number;
  readonly deliveries: number;
}

export function drawShape(draw: Draw): Shape {
  return { slots: draw.integer(2, 12), contents: draw.integer(2, 24), deliveries: draw.integer(1, 5) };
}

/** More contents than slots, so that there are no_slots. */
export function drawOverflow(draw: Draw): Shape {
  const slots = draw.integer(2, 12);
  return { slots, contents: slots + draw.integer(1, 9), deliveries: draw.integer(2, 5) };
}

/** A call of a content; times in microseconds. */
export function callOf(
  content: number,
  [startMicros, endMicros]: [number, number],
  rest: Partial<Call>,
): Call {
  const { outcome = 'no_slot', errorCode = null } = rest;
  return {
    worker: 0,
    batchId: 'batch',
    contentId: `content-${content}`,
    callId: `call-${content}-${startMicros}`,
    intendedMicros: startMicros,
    startMicros,
    endMicros,
    outcome,
    slotId: null,
    recovered: false,
    replyLost: false,
    mayHaveHappened: mayHaveHappenedBy({ outcome, errorCode }),
    errorCode,
    sqlState: null,
    ...rest,
  };
}

/**
 * A valid history: the first contents take the slots, one after the other but overlapping; their duplicates and
 * the contents that find no slot come at any time that is consistent with it.
 */
export function validHistory({ slots, contents, deliveries }: Shape, draw: Draw): Call[] {
  const claims = Math.min(slots, contents);
  const lastStart = 100 * claims;
  const calls: Call[] = [];
  for (let content = 0; content < contents; content++) {
    for (let delivery = 0; delivery < deliveries; delivery++) {
      calls.push(validCall({ content, delivery, claims, lastStart }, draw));
    }
  }
  return calls.sort((a, b) => a.endMicros - b.endMicros);
}

function validCall(
  { content, delivery, claims, lastStart }: Record<'content' | 'delivery' | 'claims' | 'lastStart', number>,
  draw: Draw,
): Call {
  const worker = draw.integer(0, 3);
  if (content >= claims) {
    const start = draw.integer(0, lastStart);
    return callOf(content, [start, Math.max(start, lastStart) + draw.integer(1, 500)], { worker });
  }
  const start = 100 * (content + 1);
  const slotId = `essay-${content}`;
  if (delivery === 0) {
    return callOf(content, [start, start + draw.integer(10, 300)], { worker, outcome: 'created', slotId });
  }
  const later = start + draw.integer(0, 400);
  return callOf(content, [later, later + draw.integer(10, 300)], { worker, outcome: 'reused', slotId });
}

/** What the history oracle says of a history of the built-in target. */
export function judged(calls: readonly Call[], slots: number): readonly InvariantResult[] {
  const circumstances = { ...NO_CLOCK, terms: BUILT_IN_TERMS, incomplete: [], durable: true };
  return verifyHistory({ ...circumstances, batchIds: [], slotsOf: () => slots, calls }).invariants;
}

/** Names of the invariants that a history violates. */
export function violatedBy(calls: readonly Call[], slots: number): string[] {
  return judged(calls, slots)
    .filter(({ passed }) => !passed)
    .map(({ name }) => name);
}

/** The history with one call changed: the first that fits. */
export function corrupted(
  calls: readonly Call[],
  fits: (call: Call) => boolean,
  change: (call: Call) => Partial<Call>,
): Call[] {
  const position = calls.findIndex(fits);
  if (position === -1) throw new Error('no call of the history fits');
  return calls.map((call, at) => (at === position ? { ...call, ...change(call) } : call));
}
