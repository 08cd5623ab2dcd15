import * as z from 'zod';
import { quote } from '../base/wording.js';
import { CALL_OUTCOMES } from '../domain/call.js';
import { isErrorCode } from '../target/answers.js';
import {
  LONGEST_MESSAGE,
  LONGEST_SLOT_ID,
  MOST_CALLS,
  MOST_CODES,
  PROTOCOL_VERSION,
  type CallChunk,
  type FromWorker,
} from './messages.js';

/** A worker said what no worker says. */
export class Misconduct extends Error {
  override readonly name = 'Misconduct';
}

// Lengths are bounded, so that what a worker sends cannot grow without end. The columns of calls are not described
// here but looked at one after the other: thousands of calls are told in a second.

/** Of an SQLSTATE or a word in its place, of the name of a count. */
const LONGEST_CODE = 64;
/** Of a compressed histogram: several times what one with a value in each of its buckets takes. */
const LONGEST_HISTOGRAM = 262_144;

const count = z.number().int().min(0);
const micros = z.number().min(0);
/** NaN where nothing was measured. */
const lag = z.union([micros, z.nan()]);

/** A word: it stands in reports, in history files and in fields of JSON. */
const code = z
  .string()
  .max(LONGEST_CODE)
  .regex(/^[\w.:-]+$/);
/** A target's own words. */
const errorCode = z.string().refine(isErrorCode);
const areFew = (codes: object) => Object.keys(codes).length <= MOST_CODES;
const countByCode = z.record(code, count).refine(areFew);
const messageByCode = z.record(errorCode, z.string().max(LONGEST_MESSAGE)).refine(areFew);

const counters = z.strictObject({
  roundTrips: count.nullable(),
  warmUpCalls: count,
  retriesByCode: countByCode,
  counts: countByCode,
});

const histogram = z.string().max(LONGEST_HISTOGRAM);

const summary = z.strictObject({
  latency: histogram,
  serviceTime: histogram,
  scheduleLag: histogram,
  counters,
  ranOut: z.boolean(),
  skipped: count,
  errorMessages: messageByCode,
  client: z.strictObject({
    calls: count,
    elapsedMs: micros,
    cpuMicros: micros,
    utilization: micros,
    lagMicros: z.strictObject({ p50: lag, p99: lag, max: lag }),
  }),
  unsettled: z
    .strictObject({ code: z.string().max(LONGEST_CODE), message: z.string().max(LONGEST_MESSAGE) })
    .nullable(),
});

const startedCall = z.strictObject({ deliveryIndex: count, intendedMicros: micros, startMicros: micros });

const extras = z.record(
  z.string(),
  z.strictObject({
    recovered: z.boolean(),
    replyLost: z.boolean(),
    mayHaveHappened: z.boolean(),
    errorCode: errorCode.nullable(),
    sqlState: z.string().max(LONGEST_CODE).nullable(),
  }),
);

const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), version: z.number() }),
  z.strictObject({
    type: z.literal('alive'),
    progress: count,
    skipped: count,
    unreachableSinceMicros: micros.nullable(),
  }),
  z.strictObject({ type: z.literal('started'), call: startedCall }),
  z.strictObject({ type: z.literal('calls'), chunk: z.custom<CallChunk>(isChunk), counters }),
  z.strictObject({ type: z.literal('malformed'), message: z.string().max(LONGEST_MESSAGE) }),
  z.strictObject({ type: z.literal('changed') }),
  z.strictObject({ type: z.literal('done'), summary }),
  z.strictObject({ type: z.literal('failed'), message: z.string().max(LONGEST_MESSAGE) }),
]);

/**
 * Reads what a worker sent: that it has the shape of a message, not that it is true.
 *
 * @throws Misconduct when it is none, or of another version of the protocol
 */
export function readMessage(given: unknown): FromWorker {
  const { success, data, error } = message.safeParse(given);
  if (!success) throw new Misconduct(`sent no message of the protocol (${whereOf(error.issues[0])})`);
  if (data.type === 'ready' && data.version !== PROTOCOL_VERSION) {
    throw new Misconduct(`speaks version ${data.version} of the protocol, not ${PROTOCOL_VERSION}`);
  }
  return data;
}

function whereOf(issue: z.core.$ZodIssue | undefined): string {
  const path = (issue?.path ?? []).map(String).join('.') || 'the message';
  return quote(path, 60);
}

function isChunk(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  const chunk = given as Readonly<Record<keyof CallChunk, unknown>>;
  const { deliveryIndex, intendedMicros, startMicros, endMicros, outcome, slotId } = chunk;
  const columns = [deliveryIndex, intendedMicros, startMicros, endMicros, outcome, slotId];
  const size = Array.isArray(deliveryIndex) ? deliveryIndex.length : 0;
  return (
    size >= 1 &&
    size <= MOST_CALLS &&
    columns.every((column) => Array.isArray(column) && column.length === size) &&
    [deliveryIndex, intendedMicros, startMicros, endMicros].every(isNumbers) &&
    (outcome as unknown[]).every(isOutcome) &&
    (slotId as unknown[]).every(isSlotId) &&
    extras.safeParse(chunk.extras).success &&
    Object.keys(chunk.extras as object).every((position) => Object.hasOwn(deliveryIndex as object, position))
  );
}

function isNumbers(column: unknown): boolean {
  return (column as unknown[]).every((value) => typeof value === 'number');
}

function isOutcome(value: unknown): boolean {
  return CALL_OUTCOMES.some((outcome) => outcome === value);
}

function isSlotId(value: unknown): boolean {
  return (
    value === null || (typeof value === 'string' && value.length >= 1 && value.length <= LONGEST_SLOT_ID)
  );
}
