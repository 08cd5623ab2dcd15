import type * as z from 'zod';
import { describeGiven, quote } from '../base/wording.js';
import { contradictionIn, mayHaveHappenedBy, type Call } from '../domain/call.js';
import type { Places } from '../domain/promises.js';
import { LineError } from './lines.js';
import {
  callRecord,
  endRecord,
  HISTORY_VERSION,
  runRecord,
  type EndRecord,
  type RunRecord,
} from './records.js';

/** What a line holds, not looked at yet. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly type: unknown;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads a line as far as its type.
 *
 * @throws LineError when it is no JSON object
 */
export function readLine(text: string, number: number): Line {
  const value = parseJson(text, number);
  if (typeof value !== 'object' || value === null) {
    throw new LineError(number, `it is ${describeGiven(value)}; accepted: an object`);
  }
  const { type, ...fields } = value as Record<string, unknown>;
  return { number, type, fields };
}

/**
 * Reads the first line of a run.
 *
 * @throws LineError that says what is wrong with it
 */
export function readRun({ number, fields: { schemaVersion, ...fields } }: Line): RunRecord {
  if (schemaVersion === HISTORY_VERSION) return check(runRecord, fields, number);
  const accepted = `accepted: ${HISTORY_VERSION}, which els-assign run --history writes`;
  const what = schemaVersion === 1 ? ', a form that no release wrote and none reads' : '';
  throw new LineError(number, `schemaVersion is ${describeGiven(schemaVersion)}${what}; ${accepted}`);
}

/** What the calls of a run are held against. */
export interface CallTerms {
  readonly batchIds: ReadonlySet<string>;
  readonly places: Places;
}

/** A call, and whether the tool made it alone after the load. */
export interface ReadCall {
  readonly call: Call;
  readonly isClosing: boolean;
}

/**
 * Reads the line of a call.
 *
 * @throws LineError that says what is wrong with it, or in what it contradicts itself
 */
export function readCall({ number, fields }: Line, { batchIds, places }: CallTerms): ReadCall {
  const { closing: isClosing, ...told } = check(callRecord, fields, number);
  if (!batchIds.has(told.batchId)) {
    throw new LineError(number, `batchId is ${quote(told.batchId)}; accepted: one of the run's batches`);
  }
  if (told.endMicros < told.startMicros) throw new LineError(number, 'endMicros is before startMicros');
  const call = { ...told, mayHaveHappened: told.mayHaveHappened ?? mayHaveHappenedBy(told) };
  const contradiction = contradictionIn(call, places);
  if (contradiction !== undefined) throw new LineError(number, `contradicts itself: ${contradiction}`);
  return { call, isClosing };
}

/**
 * Reads the last line of a run.
 *
 * @throws LineError that says what is wrong with it
 */
export function readEnd({ number, fields }: Line): EndRecord {
  return check(endRecord, fields, number);
}

function check<S extends z.ZodType>(schema: S, fields: unknown, line: number): z.output<S> {
  const parsed = schema.safeParse(fields, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new LineError(line, describeIssue(parsed.error.issues[0]));
}

function parseJson(text: string, line: number): unknown {
  if (text.includes('\0')) throw new LineError(line, 'it contains a NUL byte');
  try {
    return JSON.parse(text);
  } catch {
    throw new LineError(line, 'it is not JSON');
  }
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'it is no record of a history';
  const field = issue.path.map(String).join('.') || 'the line';
  if (issue.code === 'unrecognized_keys') return `unknown field ${quote(issue.keys[0] ?? '')} in ${field}`;
  return `${field} is ${describeGiven(issue.input)}; accepted: ${issue.message}`;
}
