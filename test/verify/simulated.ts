import fc from 'fast-check';
import type { Call } from '#els/domain/call.js';
import { callOf } from './histories.js';

/** How the next delivery goes. */
type Way =
  /** Answered. */
  | 'answered'
  /** Answered after a first reply was lost. */
  | 'retried'
  /** Never answered, whether it took effect or not. */
  | 'lost'
  | 'lost before it took effect'
  /** The content's last lost call, made again under the same correlation id. */
  | 'redelivered'
  /** Refused without effect. */
  | 'failed';

/** One delivery. Deliveries take effect in the order of their list, 10 µs after each other. */
interface Step {
  readonly content: number;
  readonly way: Way;
  /** How long before its effect the call started and how long after it the call ended, in microseconds. */
  readonly before: number;
  readonly after: number;
  readonly worker: number;
  /** Whether a retry that finds what it wrote itself knows it again. */
  readonly recognisesItsOwn: boolean;
}

/** A history that a correct strategy may leave behind, and the slots of each of its batches. */
export interface Simulated {
  readonly calls: readonly Call[];
  readonly slots: number;
}

/** The largest shape of a drawn history. */
export interface Limits {
  readonly batches: number;
  readonly slots: number;
  readonly contents: number;
  readonly deliveries: number;
}

const GAP_MICROS = 10;
const LOST_CODES = [null, 'database_unavailable', 'contention_deadline'] as const;

/** Draws valid histories: what a server that takes one call after the other would have answered. */
export function validHistories(limits: Limits): fc.Arbitrary<Simulated> {
  const micros = fc.integer({ min: 1, max: 8 * GAP_MICROS });
  const step: fc.Arbitrary<Step> = fc.record({
    content: fc.nat(limits.contents - 1),
    way: fc.oneof(
      { weight: 6, arbitrary: fc.constant<Way>('answered') },
      fc.constantFrom<Way[]>('retried', 'lost', 'lost before it took effect', 'redelivered', 'failed'),
    ),
    before: micros,
    after: micros,
    worker: fc.nat(2),
    recognisesItsOwn: fc.boolean(),
  });
  return fc
    .record({
      slots: fc.integer({ min: 1, max: limits.slots }),
      batches: fc.integer({ min: 1, max: limits.batches }),
      steps: fc.array(step, { minLength: 1, maxLength: limits.deliveries }),
    })
    .map(({ slots, batches, steps }) => ({ slots, calls: simulate(untilAnswered(steps), slots, batches) }));
}

/** Whoever only heard refusals tries once more: a slot must not stay free for that. */
function untilAnswered(steps: readonly Step[]): Step[] {
  const refused = new Map<number, Step>();
  for (const step of steps) if (step.way === 'failed') refused.set(step.content, step);
  for (const step of steps) if (step.way !== 'failed') refused.delete(step.content);
  return [...steps, ...[...refused.values()].map((step): Step => ({ ...step, way: 'answered' }))];
}

function simulate(steps: readonly Step[], slots: number, batches: number): Call[] {
  const holders = Array.from({ length: batches }, () => new Map<number, string>());
  const lost = new Map<number, { readonly callId: string; readonly tookSlot: boolean }>();
  const calls = steps.map((step, position) => {
    const { content } = step;
    const batch = content % batches;
    const essays = holders[batch] ?? new Map<number, string>();
    const again = step.way === 'redelivered' ? lost.get(content) : undefined;
    const callId = again?.callId ?? `call-${position}`;
    const mayTake = step.way !== 'failed' && step.way !== 'lost before it took effect';
    const takes = mayTake && !essays.has(content) && essays.size < slots;
    if (takes) essays.set(content, `essay-${batch}-${essays.size}`);
    if (step.way.startsWith('lost')) lost.set(content, { callId, tookSlot: takes });
    if (again) lost.delete(content);
    const end = endOf(step, { slotId: essays.get(content), takes, again, position });
    const common = { worker: step.worker, batchId: `batch-${batch}`, callId };
    return callOf(content, span(step, position), { ...common, ...end });
  });
  return calls.sort((a, b) => a.endMicros - b.endMicros);
}

/** A lost call may end before it takes effect. */
function span({ way, before, after }: Step, position: number): [number, number] {
  const effectMicros = 1_000 + GAP_MICROS * position;
  const start = effectMicros - before;
  return [start, way === 'lost' ? start + after : effectMicros + after];
}

interface Met {
  /** The slot that the content holds after the call. */
  readonly slotId: string | undefined;
  readonly takes: boolean;
  /** The lost call that this one repeats. */
  readonly again: { readonly tookSlot: boolean } | undefined;
  readonly position: number;
}

function endOf(step: Step, { slotId, takes, again, position }: Met): Partial<Call> {
  if (step.way === 'failed') return { outcome: 'error', errorCode: 'strategy_failed', sqlState: '23502' };
  if (step.way.startsWith('lost')) {
    const errorCode = LOST_CODES[position % LOST_CODES.length] ?? null;
    return { outcome: errorCode === 'contention_deadline' ? 'error' : 'unknown', errorCode };
  }
  if (slotId === undefined) return { outcome: 'no_slot' };
  const findsItsOwn = again?.tookSlot === true || (takes && step.way === 'retried');
  if (findsItsOwn && step.recognisesItsOwn) return { outcome: 'created', slotId, recovered: true };
  if (takes && !findsItsOwn) return { outcome: 'created', slotId };
  return { outcome: 'reused', slotId, replyLost: step.way === 'retried' || again !== undefined };
}
