import { UsageError } from '../domain/errors.js';
import type { Call } from '../domain/call.js';
import { LineError, readLines } from './lines.js';
import { readCall, readHeader } from './read-record.js';
import { reasonOf } from '../domain/system-error.js';
import type { RunRecord } from './records.js';

/** One run of a history file. */
export interface KeptRun {
  readonly header: RunRecord;
  readonly calls: readonly Call[];
}

/**
 * Reads the runs of a history file, one after the other: one run's calls are in memory at a time.
 *
 * @throws UsageError that names file and line when it is no history, or was cut off
 */
export async function* readHistory(path: string): AsyncGenerator<KeptRun, void, undefined> {
  try {
    yield* readRuns(path);
  } catch (error) {
    if (error instanceof LineError) throw refusal(path, `line ${error.line}: ${error.message}`);
    if (error instanceof Error && 'code' in error && !(error instanceof UsageError)) {
      throw refusal(path, `cannot be read: ${reasonOf(error)}`, error);
    }
    throw error;
  }
}

async function* readRuns(path: string): AsyncGenerator<KeptRun, void, undefined> {
  let reading: RunReader | undefined;
  for await (const { first, texts } of readLines(path)) {
    for (const [position, text] of texts.entries()) {
      const line = first + position;
      if (reading?.isWhole) {
        yield reading;
        reading = undefined;
      }
      if (reading === undefined) reading = new RunReader(text, line);
      else reading.take(text, line);
    }
  }
  if (reading === undefined) throw new LineError(1, 'the file is empty; accepted: a run');
  reading.requireWhole();
  yield reading;
}

/** One run and the calls that its first line announced. */
class RunReader implements KeptRun {
  readonly header: RunRecord;
  readonly calls: Call[] = [];
  readonly #line: number;
  readonly #batchIds: ReadonlySet<string>;

  constructor(text: string, line: number) {
    this.header = readHeader(text, line);
    this.#line = line;
    this.#batchIds = new Set(this.header.batchIds);
  }

  get isWhole(): boolean {
    return this.calls.length === this.header.calls;
  }

  take(text: string, line: number): void {
    this.calls.push(readCall(text, line, this.#batchIds));
  }

  requireWhole(): void {
    if (this.isWhole) return;
    const found = this.calls.length;
    throw new LineError(
      this.#line,
      `calls is ${this.header.calls}, and ${found} follow: the file is cut off`,
    );
  }
}

function refusal(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError('invalid_history', `--history ${JSON.stringify(path)} ${why}`, { cause });
}
