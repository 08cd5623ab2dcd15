import { reasonOf } from '../base/system-error.js';
import { describeGiven } from '../base/wording.js';
import type { Call } from '../domain/call.js';
import { UsageError } from '../domain/errors.js';
import type { FaultResult } from '../domain/fault.js';
import { LineError, readLines } from './lines.js';
import { readCall, readEnd, readLine, readRun, type CallTerms, type Line } from './read-record.js';
import type { EndRecord, RunRecord } from './records.js';

/** One run of a history file. */
export interface KeptRun {
  readonly header: RunRecord;
  readonly calls: readonly Call[];
  /** Those of them that the tool made alone after the load. */
  readonly closing: ReadonlySet<Call>;
  readonly faults: readonly FaultResult[];
  /** Why calls may be missing: what the run said, or that it was cut off. */
  readonly incomplete: readonly string[];
  /** Whether what was committed had to be there at the end. */
  readonly durable: boolean;
  /** Whether connections of code that does not tell its own retries were lost, or may have been. */
  readonly retriesUntold: boolean;
}

/**
 * Reads the runs of a history file, one after the other: one run's calls are in memory at a time. A run without its
 * last line was cut off, and says so in `incomplete`; at the end of the file a line may be cut off too.
 *
 * @throws UsageError that names file and line when it is no history
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
  let run: RunReader | undefined;
  let isHistory = false;
  for await (const line of recordsOf(path)) {
    if (line.type === 'run') {
      if (run !== undefined) yield run.cutOff('another run follows before the end of this one');
      run = new RunReader(readRun(line));
      isHistory = true;
    } else if (run === undefined) {
      throw new LineError(line.number, `type is ${describeGiven(line.type)}; accepted: "run"`);
    } else if (line.type === 'end') {
      yield run.end(readEnd(line), line.number);
      run = undefined;
    } else {
      run.take(line);
    }
  }
  if (!isHistory)
    throw new LineError(1, 'the file is empty, or cut off within its first line; accepted: a run');
  if (run !== undefined) yield run.cutOff('the file ends before the run did');
}

/** The lines of a file, but for a part of a line at its end. */
async function* recordsOf(path: string): AsyncGenerator<Line, void, undefined> {
  for await (const { first, texts, isUnended } of readLines(path)) {
    for (const [position, text] of texts.entries()) {
      if (!(isUnended && isPart(text))) yield readLine(text, first + position);
    }
  }
}

/** Whether a text may be the beginning of a record: an object is JSON with its last character, not before. */
function isPart(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

/** A run of which some lines were read. */
class RunReader {
  readonly #header: RunRecord;
  readonly #terms: CallTerms;
  readonly #calls: Call[] = [];
  readonly #closing = new Set<Call>();

  constructor(header: RunRecord) {
    this.#header = header;
    const batchIds = new Set(header.batches.map(({ batchId }) => batchId));
    this.#terms = { batchIds, places: header.places };
  }

  take(line: Line): void {
    if (line.type !== 'call') {
      const given = describeGiven(line.type);
      throw new LineError(line.number, `type is ${given}; accepted: "call", "end" or "run"`);
    }
    const { call, isClosing } = readCall(line, this.#terms);
    this.#calls.push(call);
    if (isClosing) this.#closing.add(call);
  }

  end(
    { faults, incomplete, calls, durable = this.#header.durable, retriesUntold = false }: EndRecord,
    line: number,
  ): KeptRun {
    if (calls !== this.#calls.length) {
      const found = this.#calls.length;
      throw new LineError(
        line,
        `calls is ${calls}, and the run has ${found}: lines are missing or were added`,
      );
    }
    return { ...this.#read(), faults, incomplete, durable, retriesUntold };
  }

  cutOff(why: string): KeptRun {
    const { durable, target } = this.#header;
    const retriesUntold = target.hasOwnSchema === true;
    return { ...this.#read(), faults: [], incomplete: [why], durable, retriesUntold };
  }

  #read() {
    return { header: this.#header, calls: this.#calls, closing: this.#closing };
  }
}

function refusal(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError('invalid_history', `--history ${JSON.stringify(path)} ${why}`, { cause });
}
