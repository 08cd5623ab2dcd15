import { createReadStream } from 'node:fs';

const LINE_FEED = 0x0a;
/** Of one line: a run of 100,000 batches needs a quarter of it. */
const MAX_LINE_BYTES = 16_777_216;
const READ_BYTES = 1_048_576;

/** Thrown for what no text file holds. */
export class LineError extends Error {
  override readonly name = 'LineError';

  constructor(
    /** From 1. */
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** Lines that were read together. */
export interface Lines {
  /** Number of the first, from 1. */
  readonly first: number;
  readonly texts: readonly string[];
  /** The file ends with this line, and no line feed ends it: it may be a part of a line. */
  readonly isUnended?: boolean;
}

/**
 * Reads a file line by line, some of them at a time, within bounded memory.
 *
 * @throws LineError when a line is too long or no UTF-8
 */
export async function* readLines(path: string): AsyncGenerator<Lines, void, undefined> {
  let rest = Buffer.alloc(0);
  let first = 1;
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    const texts = end === 0 ? [] : decode(bytes.subarray(0, end - 1), first).split('\n');
    if (texts.length > 0) yield { first, texts };
    first += texts.length;
    rest = bytes.subarray(end);
    if (rest.length > MAX_LINE_BYTES) {
      throw new LineError(first, `it is longer than ${MAX_LINE_BYTES} bytes`);
    }
  }
  if (rest.length > 0) yield { first, texts: [decode(rest, first, true)], isUnended: true };
}

function decode(bytes: Uint8Array, first: number, mayEndInCharacter = false): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: mayEndInCharacter,
    });
  } catch {
    throw new LineError(first + linesBeforeFault(bytes), 'it is not UTF-8 text');
  }
}

function linesBeforeFault(bytes: Uint8Array): number {
  const before = new TextDecoder().decode(bytes).split('\uFFFD', 1)[0] ?? '';
  return before.split('\n').length - 1;
}
