import { createReadStream } from 'node:fs';

/** A header that names 100,000 batches is far shorter. */
const MAX_LINE_CHARACTERS = 64_000_000;

/** A line is longer than any line of a history. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}

/**
 * The lines of a UTF-8 file, read as they are needed.
 *
 * @throws LineTooLongError, and what reading a file raises
 */
export async function* linesOf(path: string): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARACTERS) throw new LineTooLongError('a line is too long');
    yield* lines;
  }
  if (rest !== '') yield rest;
}
