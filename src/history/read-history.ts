import type { Call } from '../domain/call.js';
import { UsageError } from '../domain/errors.js';
import { linesOf, LineTooLongError } from './lines.js';
import { historyRecord, type CallRecord, type RunRecord } from './records.js';

/** One run of a history file. */
export interface KeptRun {
  readonly header: RunRecord;
  readonly calls: readonly Call[];
}

/**
 * Reads the runs of a history file, one after the other, each with all its calls.
 *
 * @throws UsageError `unreadable_history`, or `invalid_history` that names the line
 */
export async function* readHistory(path: string): AsyncGenerator<KeptRun, void, undefined> {
  let run: { header: RunRecord; calls: Call[] } | undefined;
  let number = 0;
  for await (const line of lines(path)) {
    number += 1;
    const record = parseLine(line, path, number);
    if (record.type === 'run') {
      if (run) yield run;
      run = { header: record, calls: [] };
    } else if (run) {
      run.calls.push(record);
    } else {
      throw invalid(path, number, 'a call before the first run');
    }
  }
  if (run === undefined) throw invalid(path, 1, 'no run');
  yield run;
}

function parseLine(line: string, path: string, number: number): RunRecord | CallRecord {
  const { data, error } = historyRecord.safeParse(parseJson(line, path, number));
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  throw invalid(path, number, `${field === '' ? '' : `${field}: `}${issue?.message ?? 'not a record'}`);
}

function parseJson(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalid(path, number, 'not a JSON object (was the file cut off?)');
  }
}

async function* lines(path: string): AsyncGenerator<string, void, undefined> {
  try {
    yield* linesOf(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof LineTooLongError) throw invalid(path, 1, error.message);
    const reason = error instanceof Error ? error.message : String(error);
    const message = `--history ${JSON.stringify(path)} cannot be read: ${reason}`;
    throw new UsageError('unreadable_history', message, { cause: error });
  }
}

function invalid(path: string, number: number, problem: string): UsageError {
  const accepted = 'accepted: a file that run --history wrote';
  return new UsageError(
    'invalid_history',
    `history file ${JSON.stringify(path)} line ${number}: ${problem}; ${accepted}`,
  );
}
