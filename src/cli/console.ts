import { once } from 'node:events';

/** Results go here. Resolves when the reader has taken them; a reader that left (`| head`) is not an error. */
export async function printResult(text: string): Promise<void> {
  if (!process.stdout.write(text)) await Promise.race([once(process.stdout, 'drain'), readerLeft()]);
}

/** Progress and complaints go here, one line each. */
export function printLine(line: string): void {
  process.stderr.write(`${line.replace(/\s*\n\s*/g, ' ')}\n`);
}

function readerLeft(): Promise<void> {
  return new Promise((resolve) => process.stdout.once('error', () => resolve()));
}
