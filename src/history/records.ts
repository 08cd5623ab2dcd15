import * as z from 'zod';
import { CALL_OUTCOMES, type Call } from '../domain/call.js';
import { ASSIGNMENT_ERROR_CODES } from '../domain/errors.js';
import { FAULT_KINDS } from '../domain/fault.js';

/** Raised with every change that a reader of the one before would misunderstand. */
export const HISTORY_VERSION = 1;

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

/** The first line of a run, apart from its type and version. */
export const runRecord = z.strictObject({
  runId: filledText,
  scenario: text,
  strategy: text,
  advisoryLocks: flag,
  seed: count,
  /** Of each batch. */
  slots: count.min(1, { error: 'a whole number, 1 or more' }),
  batchIds: z
    .array(filledText, { error: 'a list of ids' })
    .min(1, { error: 'a list of one id or more' })
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
  /** What was broken on purpose. */
  faults: z.array(fault, { error: 'a list of faults' }).readonly(),
  /** Why calls may be missing. */
  incomplete: texts,
  /** Whether what was committed had to be there at the end. */
  durable: flag,
  /** Lines that follow, so that a file that was cut off between two lines is noticed. */
  calls: count,
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
  errorCode: word(ASSIGNMENT_ERROR_CODES).nullable().default(null),
  sqlState: text.nullable().default(null),
});

export type RunRecord = z.output<typeof runRecord>;

/** A run's first line, complete with type and version. */
export function toRunLine(run: RunRecord): string {
  return JSON.stringify({ type: 'run', schemaVersion: HISTORY_VERSION, ...run });
}

/** A call as its line says it. */
export function toCallLine({ slotId, recovered, replyLost, errorCode, sqlState, ...call }: Call): string {
  return JSON.stringify({
    type: 'call',
    ...call,
    ...(slotId !== null && { slotId }),
    ...(recovered && { recovered }),
    ...(replyLost && { replyLost }),
    ...(errorCode !== null && { errorCode }),
    ...(sqlState !== null && { sqlState }),
  });
}
