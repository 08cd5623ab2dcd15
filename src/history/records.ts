import { z } from 'zod';
import { FAULT_KINDS } from '../domain/fault.js';

/** Of the file's lines; raised when an old reader would misread them. */
export const HISTORY_VERSION = 1;

const text = z.string().max(1_000);
const count = z.number().int().min(0);
const micros = z.number();

const fault = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  plannedMs: count,
  startMs: count,
  endMs: count,
  struck: z.boolean(),
  detail: z.string().max(10_000),
  left: z.strictObject({ orphans: count, uncompleted: count }),
});

/** The line that begins a run. */
const runRecord = z.strictObject({
  type: z.literal('run'),
  schemaVersion: z.literal(HISTORY_VERSION),
  runId: text,
  scenario: text,
  strategy: text,
  advisoryLocks: z.boolean(),
  seed: count,
  /** Of each batch. */
  slots: count,
  batchIds: z.array(text).readonly(),
  /** The boot of the host whose monotonic clock the calls' times are of; null where the system has no such id. */
  bootId: text.nullable(),
  /** One moment on both clocks. */
  anchor: z.strictObject({ monotonicMicros: micros, wallClock: z.iso.datetime() }),
  /** The barrier's release. */
  startMicros: micros,
  faults: z.array(fault).readonly(),
  /** Why calls may be missing. */
  incomplete: z.array(text).readonly(),
  /** Whether what was committed had to be there at the end. */
  durable: z.boolean(),
});

/** The line of one call; see `Call`. */
const callRecord = z.strictObject({
  type: z.literal('call'),
  worker: z.number().int().min(-1),
  batchId: text,
  textStorageId: text,
  correlationId: text,
  intendedMicros: micros,
  startMicros: micros,
  endMicros: micros,
  outcome: z.enum(['created', 'reused', 'no_slot', 'error', 'unknown']),
  essayId: text.nullable(),
  recovered: z.boolean(),
  replyLost: z.boolean(),
  errorCode: z
    .enum([
      'unknown_batch',
      'inventory_mismatch',
      'contention_deadline',
      'database_unavailable',
      'invalid_request',
      'strategy_failed',
    ])
    .nullable(),
  sqlState: text.nullable(),
});

/** Any line of a history file. */
export const historyRecord = z.discriminatedUnion('type', [runRecord, callRecord]);

export type RunRecord = z.output<typeof runRecord>;
export type CallRecord = z.output<typeof callRecord>;
