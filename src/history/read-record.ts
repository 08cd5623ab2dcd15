import type * as z from 'zod';
import type { Call } from '../domain/call.js';
import { describeGiven, quote } from '../domain/wording.js';
import { LineError } from './lines.js';
import { callRecord, HISTORY_VERSION, runRecord, type RunRecord } from './records.js';

/**
 * Reads the first line of a run.
 *
 * @throws LineError that says what is wrong with it
 */
export function readHeader(text: string, line: number): RunRecord {
  const { schemaVersion, ...fields } = fieldsOf(text, line, 'run');
  if (schemaVersion === HISTORY_VERSION) return check(runRecord, fields, line);
  throw new LineError(line, `schemaVersion is ${describeGiven(schemaVersion)}; accepted: ${HISTORY_VERSION}`);
}

/**
 * Reads the line of a call.
 *
 * @param batchIds those of its run
 * @throws LineError that says what is wrong with it
 */
export function readCall(text: string, line: number, batchIds: ReadonlySet<string>): Call {
  const call = check(callRecord, fieldsOf(text, line, 'call'), line);
  if (!batchIds.has(call.batchId)) {
    throw new LineError(line, `batchId is ${quote(call.batchId)}; accepted: one of the run's batchIds`);
  }
  if (call.endMicros < call.startMicros) throw new LineError(line, 'endMicros is before startMicros');
  return call;
}

/** The fields of the record that must stand on a line. */
function fieldsOf(text: string, line: number, expected: string): Record<string, unknown> {
  const value = parseJson(text, line);
  if (typeof value !== 'object' || value === null) {
    throw new LineError(line, `it is ${describeGiven(value)}; accepted: an object`);
  }
  const { type, ...fields } = value as Record<string, unknown>;
  if (type === expected) return fields;
  throw new LineError(line, `type is ${describeGiven(type)}; accepted: "${expected}"`);
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
