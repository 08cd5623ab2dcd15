import * as z from 'zod';
import { CALL_OUTCOMES, mayHaveHappenedBy, type Call } from '../domain/call.js';
import { FAULT_KINDS } from '../domain/fault.js';
import { PLACES } from '../domain/promises.js';

/** Raised with every change that a reader of the one before would misunderstand. */
export const HISTORY_VERSION = 2;

// Every `error` says what is accepted; read-record.ts and read-history.ts put file, line, field and what was given before it.

function word<const T extends readonly string[]>(words: T) {
  return z.enum(words, { error: words.map((each) => `"${each}"`).join(' or ') });
}

const text = z.string({ error: 'a text' });
const filledText = text.min(1, { error: 'a text that is not empty' });
const flag = z.boolean({ error: 'true or false' });
const moment = z.number({ error: 'a finite number' });
const count = z.number({ error: 'a whole number, 0 or more' }).int().min(0);
const texts = z.array(text, { error: 'a list of texts' }).readonly();

const fault = z.strictObject({
  kind: word(FAULT_KINDS),
  plannedMs: moment,
  startMs: moment,
  endMs: moment,
  struck: flag,
  detail: text,
  left: z.strictObject({ orphans: count, uncompleted: count }, { error: 'an object' }),
});

const named = z.strictObject({ name: filledText }, { error: 'an object' });

/** What was called. Left out of the built-in engine's, which is on the tool's own tables: that its tables are its own. */
const target = named.extend({ hasOwnSchema: flag.optional() });

const batch = z.strictObject(
  { batchId: filledText, slots: count.min(1, { error: 'a whole number, 1 or more' }) },
  { error: 'an object' },
);

function differ(batches: readonly { readonly batchId: string }[]): boolean {
  return new Set(batches.map(({ batchId }) => batchId)).size === batches.length;
}

/** The first line of a run, apart from its type and version: what is known before its calls. */
export const runRecord = z.strictObject({
  runId: filledText,
  scenario: text,
  strategy: text,
  advisoryLocks: flag,
  seed: count,
  tool: named.extend({ version: text }),
  target,
  promises: z.strictObject({ idempotent: flag, truthfulNoSlot: flag }, { error: 'an object' }),
  places: word(PLACES),
  batches: z
    .array(batch, { error: 'a list of batches' })
    .min(1, { error: 'a list of one batch or more' })
    .refine(differ, { error: 'batches with different ids' })
    .readonly(),
  /** The boot of the host whose monotonic clock the calls' times are of; null where the system has no such id. */
  bootId: text.nullable(),
  /** One moment on both clocks. */
  anchor: z.strictObject(
    {
      monotonicMicros: moment,
      wallClock: z.iso.datetime({ error: 'a time such as 2026-01-31T12:00:00.000Z' }),
    },
    { error: 'an object' },
  ),
  /** The barrier's release. */
  startMicros: moment,
  /** Whether what is committed will be there at the end. */
  durable: flag,
});

/** The last line of a run, apart from its type: what is known after its calls. */
export const endRecord = z.strictObject({
  /** What was broken on purpose. */
  faults: z.array(fault, { error: 'a list of faults' }).readonly(),
  /** Why calls may be missing. */
  incomplete: texts,
  /** Lines of calls before it, so that a file of which lines are missing is noticed. */
  calls: count,
  /** Where a fault changed what the first line says. */
  durable: flag.optional(),
  /** Where connections of code that does not tell its own retries were lost. */
  retriesUntold: flag.optional(),
});

/** One call, apart from its type. What few calls have is left out where they do not. */
export const callRecord = z.strictObject({
  worker: z.number({ error: 'a whole number' }).int(),
  batchId: filledText,
  contentId: filledText,
  callId: filledText,
  intendedMicros: moment,
  startMicros: moment,
  endMicros: moment,
  outcome: word(CALL_OUTCOMES),
  slotId: filledText.nullable().default(null),
  recovered: flag.default(false),
  replyLost: flag.default(false),
  /** Of an error: left out, it follows from the code. */
  mayHaveHappened: flag.optional(),
  errorCode: filledText.nullable().default(null),
  sqlState: text.nullable().default(null),
  /** Made by the tool alone after the load, to see whether a slot is still given. */
  closing: flag.default(false),
});

export type RunRecord = z.output<typeof runRecord>;
export type EndRecord = z.output<typeof endRecord>;

/** A run's first line, complete with type and version. */
export function toRunLine(run: RunRecord): string {
  return JSON.stringify({ type: 'run', schemaVersion: HISTORY_VERSION, ...run });
}

/** A run's last line, complete with its type. */
export function toEndLine(end: EndRecord): string {
  return JSON.stringify({ type: 'end', ...end });
}

/**
 * A call as its line says it.
 *
 * @param isClosing whether the tool made it alone after the load
 */
export function toCallLine(call: Call, isClosing: boolean): string {
  const { slotId, recovered, replyLost, mayHaveHappened, errorCode, sqlState, ...rest } = call;
  const saysWhether = call.outcome === 'error' && (mayHaveHappened || mayHaveHappenedBy(call));
  return JSON.stringify({
    type: 'call',
    ...rest,
    ...(slotId !== null && { slotId }),
    ...(recovered && { recovered }),
    ...(replyLost && { replyLost }),
    ...(saysWhether && { mayHaveHappened }),
    ...(errorCode !== null && { errorCode }),
    ...(sqlState !== null && { sqlState }),
    ...(isClosing && { closing: true }),
  });
}
